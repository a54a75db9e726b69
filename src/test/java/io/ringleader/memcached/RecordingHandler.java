package io.ringleader.memcached;

import io.ringleader.store.ByteWriter;
import io.ringleader.store.Result;
import io.ringleader.store.ResultReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Writes down what it is called with, one readable line per call, and insists that the calls keep to the contract of
 * {@link RequestHandler}: every call was announced, and everything announced comes.
 */
class RecordingHandler implements RequestHandler {
    final List<String> calls = new ArrayList<>();
    /** The announcements that were accepted. */
    final List<String> begins = new ArrayList<>();

    int refusals;
    private final BooleanSupplier willing;
    private Kind announcedKind;
    private int announced;
    private boolean endOfKeysMayCome;
    private boolean over;

    RecordingHandler() {
        this(() -> true);
    }

    RecordingHandler(BooleanSupplier willing) {
        this.willing = willing;
    }

    @Override
    public boolean begin(Kind kind, int commands) {
        requireNothingAnnounced();
        if (over) {
            throw new IllegalStateException("A request came after quit or close.");
        }
        if (commands < 1 || (kind == Kind.LOCAL && commands != 1)) {
            throw new IllegalStateException("A request of kind " + kind + " announced " + commands + " commands.");
        }
        if (!willing.getAsBoolean()) {
            refusals++;
            return false;
        }
        begins.add(kind + " " + commands);
        announcedKind = kind;
        announced = commands;
        return true;
    }

    @Override
    public void command(Request request) {
        take(request.kind());
        calls.add(describe(request));
        endOfKeysMayCome = request.reply().isPart() && announced == 0;
    }

    @Override
    public void endOfKeys() {
        if (!endOfKeysMayCome) {
            throw new IllegalStateException("The end of the keys came after " + calls + ".");
        }
        endOfKeysMayCome = false;
        calls.add("end");
    }

    @Override
    public void stats(String argument, StatsWriter writer) {
        local("stats '" + argument + "'");
    }

    @Override
    public void version(VersionWriter writer) {
        local("version");
    }

    @Override
    public void administer(Administration administration) {
        local(administration.getClass().getSimpleName());
        over = administration instanceof Administration.Watch;
    }

    @Override
    public void quit() {
        local("quit");
        over = true;
    }

    @Override
    public void answer(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        if (text.isEmpty()) {
            local("nothing");
            return;
        }
        if (!text.endsWith("\r\n")) {
            throw new IllegalStateException("The error '" + text + "' has no line end.");
        }
        local(text.substring(0, text.length() - 2));
    }

    @Override
    public void login(boolean accepted, byte[] answer) {
        local((accepted ? "accepted: " : "refused: ") + new String(answer, StandardCharsets.ISO_8859_1).strip());
    }

    @Override
    public void close(String reason) {
        local("close");
        over = true;
    }

    void requireNothingAnnounced() {
        if (announced != 0) {
            throw new IllegalStateException(announced + " announced commands did not come after " + calls + ".");
        }
    }

    /** Notes a call that is for nobody but this node. */
    final void local(String call) {
        take(Kind.LOCAL);
        calls.add(call);
    }

    final void take(Kind kind) {
        if (announced == 0 || announcedKind != kind) {
            throw new IllegalStateException(
                    "A call of kind " + kind + " was not announced; before it came " + calls + ".");
        }
        announced--;
    }

    private static String describe(Request request) {
        if (!(request.reply() instanceof MetaCommand)) {
            return describeClassic(request);
        }
        ByteWriter command = new ByteWriter();
        request.encode(command);
        ByteWriter miss = new ByteWriter();
        ResultReader notFound = new ResultReader().reset(new byte[] {Result.NOT_FOUND}, 0, 1);
        notFound.next();
        request.reply().write(notFound, miss);
        return request.op() + " " + slice(command.array(), 0, command.length()) + " "
                + slice(miss.array(), 0, miss.length());
    }

    private static String describeClassic(Request request) {
        StringBuilder text = new StringBuilder(request.op().name().toLowerCase(java.util.Locale.ROOT));
        if (request.op() != Operation.FLUSH_ALL) {
            text.append(' ').append(slice(request.keyBuffer(), request.keyOffset(), request.keyLength()));
        }
        switch (request.op()) {
            case SET, ADD, REPLACE, APPEND, PREPEND, CAS -> {
                text.append(" flags=").append(Integer.toUnsignedString(request.clientFlags()));
                text.append(" exptime=").append(request.exptime());
                if (request.op() == Operation.CAS) {
                    text.append(" cas=").append(Long.toUnsignedString(request.cas()));
                }
                String value = slice(request.buffer(), request.valueOffset(), request.valueLength());
                text.append(" value=").append(value);
            }
            case INCR, DECR -> text.append(" by ").append(Long.toUnsignedString(request.delta()));
            case TOUCH, GAT, GATS -> text.append(" exptime=").append(request.exptime());
            case FLUSH_ALL -> text.append(" delay=").append(request.exptime());
            default -> {}
        }
        return text.append(request.noreply() ? " noreply" : "").toString();
    }

    private static String slice(byte[] buffer, int offset, int length) {
        String text = new String(buffer, offset, length, StandardCharsets.ISO_8859_1);
        return length > 300 ? text.substring(0, 10) + "...(" + length + " bytes, hash " + text.hashCode() + ")" : text;
    }
}
