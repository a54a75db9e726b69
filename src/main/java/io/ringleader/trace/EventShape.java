package io.ringleader.trace;

import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How events of one kind are laid out in a line: the word that stands for the kind, and the fields after the time. Taken from
 * the record itself, so that reader and writer cannot disagree. Immutable.
 */
final class EventShape {
    private static final Map<String, EventShape> BY_WORD = new LinkedHashMap<>();
    private static final Map<Class<?>, EventShape> BY_TYPE = new LinkedHashMap<>();

    static {
        add("run", TraceEvent.Run.class);
        add("life", TraceEvent.Life.class);
        add("recover", TraceEvent.Recovered.class);
        add("role", TraceEvent.RoleChanged.class);
        add("term", TraceEvent.TermChanged.class);
        add("send", TraceEvent.Sent.class);
        add("deliver", TraceEvent.Delivered.class);
        add("drop", TraceEvent.Dropped.class);
        add("sync", TraceEvent.Synced.class);
        add("append", TraceEvent.Appended.class);
        add("truncate", TraceEvent.Truncated.class);
        add("commit", TraceEvent.Committed.class);
        add("apply", TraceEvent.Applied.class);
        add("snapshot", TraceEvent.SnapshotTaken.class);
        add("install", TraceEvent.SnapshotInstalled.class);
        add("link", TraceEvent.LinkChanged.class);
        add("clock", TraceEvent.ClockSkewed.class);
        add("disk", TraceEvent.DiskFault.class);
        add("invoke", TraceEvent.Invoked.class);
        add("complete", TraceEvent.Completed.class);
        add("note", TraceEvent.Note.class);
        add("fail", TraceEvent.Failed.class);
    }

    private final String word;
    private final Constructor<? extends TraceEvent> constructor;
    private final List<RecordComponent> fields;

    private EventShape(String word, Class<? extends TraceEvent> type) {
        this.word = word;
        RecordComponent[] components = type.getRecordComponents();
        List<Class<?>> types = new ArrayList<>();
        for (RecordComponent component : components) {
            types.add(component.getType());
        }
        try {
            constructor = type.getDeclaredConstructor(types.toArray(Class[]::new));
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("The record " + type + " has no canonical constructor.", e);
        }
        // the first component of each is atNanos, which has a column of its own
        fields = List.of(components).subList(1, components.length);
    }

    private static void add(String word, Class<? extends TraceEvent> type) {
        EventShape shape = new EventShape(word, type);
        BY_WORD.put(word, shape);
        BY_TYPE.put(type, shape);
    }

    /** Null if no kind of event has the word. */
    static EventShape ofWord(String word) {
        return BY_WORD.get(word);
    }

    static EventShape of(TraceEvent event) {
        EventShape shape = BY_TYPE.get(event.getClass());
        if (shape == null) {
            throw new IllegalStateException("No word stands for events like " + event + ".");
        }
        return shape;
    }

    static List<String> words() {
        return List.copyOf(BY_WORD.keySet());
    }

    String word() {
        return word;
    }

    /** The fields after the time, in order. */
    List<RecordComponent> fields() {
        return fields;
    }

    Object value(TraceEvent event, RecordComponent field) {
        try {
            return field.getAccessor().invoke(event);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("The field " + field + " of " + event + " cannot be read.", e);
        }
    }

    /** @param arguments the time and the values of all fields, in order and of the right types */
    TraceEvent make(List<Object> arguments) {
        try {
            return constructor.newInstance(arguments.toArray());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("No event " + word + " can be made of " + arguments + ".", e);
        }
    }

    /** How a constant of an enum is written. */
    static String wordOf(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
