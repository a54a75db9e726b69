package io.ringleader.linearizability;

import io.ringleader.linearizability.Answer.Status;
import io.ringleader.store.ByteWriter;
import io.ringleader.store.CommandBatch;
import io.ringleader.store.CommandWriter;
import io.ringleader.store.Facts;
import io.ringleader.store.ItemCommand;
import io.ringleader.store.Op;
import io.ringleader.store.Options;
import io.ringleader.store.PartitionStore;
import io.ringleader.store.Result;
import io.ringleader.store.ResultReader;
import java.nio.charset.StandardCharsets;

/** The real state machine of a partition as an object that does one thing at a time. */
final class StoreObject {
    private final PartitionStore store = new PartitionStore(3);
    private final ByteWriter batch = new ByteWriter();
    private final ByteWriter results = new ByteWriter();
    private final ItemCommand item = new ItemCommand();
    private final int itemMaxBytes;
    private long sequence;

    StoreObject(int itemMaxBytes) {
        this.itemMaxBytes = itemMaxBytes;
    }

    Answer execute(String key, Command command, long timeMillis) {
        batch.clear();
        CommandBatch.begin(batch);
        write(key == null ? null : bytes(key), command);
        CommandBatch.session(batch, 1, 1, ++sequence, 1);
        byte[] entry = CommandBatch.stamp(batch.array(), 0, batch.length(), timeMillis, 1 << 20, itemMaxBytes);
        results.clear();
        store.apply(store.appliedIndex() + 1, entry, results);
        ResultReader reader = new ResultReader().reset(results.array(), 0, results.length());
        if (!reader.next()) {
            throw new IllegalStateException("The store gave no result for " + command + ".");
        }
        return answer(reader, command);
    }

    private void write(byte[] key, Command command) {
        if (command instanceof Command.FlushAll c) {
            CommandWriter.flushAll(batch, c.delaySeconds());
        } else if (command instanceof Command.Touch c) {
            CommandWriter.touch(batch, key, 0, key.length, c.exptime());
        } else if (command instanceof Command.Fetch c) {
            item.fetch().with(Options.VALUE | (c.wins() ? Options.WIN_STALE : 0));
            options(null, null, c.exptime(), c.vivifyExptime());
            if (c.recacheExptime() != null) {
                item.recache(c.recacheExptime());
            }
            item.writeTo(batch, key, 0, key.length);
        } else if (command instanceof Command.Store c) {
            item.store(mode(c.mode()), c.clientFlags()).with(c.invalidate() ? Options.STALE : 0);
            options(c.compare(), c.newCas(), c.exptime(), c.vivifyExptime());
            byte[] value = bytes(c.value());
            item.writeTo(batch, key, 0, key.length, value, 0, value.length);
        } else if (command instanceof Command.Delete c) {
            item.remove().with((c.stale() ? Options.STALE : 0) | (c.empty() ? Options.EMPTY : 0));
            options(c.compare(), c.newCas(), c.exptime(), null);
            item.writeTo(batch, key, 0, key.length);
        } else if (command instanceof Command.Count c) {
            item.arithmetic(c.delta()).with(c.subtract() ? Options.SUBTRACT : 0).initial(c.initial());
            options(c.compare(), c.newCas(), c.exptime(), c.vivifyExptime());
            item.writeTo(batch, key, 0, key.length);
        }
    }

    private void options(Long compare, Long newCas, Long exptime, Long vivifyExptime) {
        if (compare != null) {
            item.compare(compare);
        }
        if (newCas != null) {
            item.newCas(newCas);
        }
        if (exptime != null) {
            item.touch(exptime);
        }
        if (vivifyExptime != null) {
            item.vivify(vivifyExptime);
        }
    }

    private static byte mode(Command.Mode mode) {
        return switch (mode) {
            case SET -> Op.SET;
            case ADD -> Op.ADD;
            case REPLACE -> Op.REPLACE;
            case APPEND -> Op.APPEND;
            case PREPEND -> Op.PREPEND;
        };
    }

    /** All that the store said, except the time left where the command changed it. */
    private static Answer answer(ResultReader reader, Command command) {
        if (reader.code() != Result.ITEM) {
            return Answer.of(Status.valueOf(Result.name(reader.code())));
        }
        if (command instanceof Command.Store) {
            return Answer.stored().withCas(reader.cas());
        } else if (command instanceof Command.Count) {
            return Answer.number(reader.number()).withCas(reader.cas());
        }
        String value =
                new String(reader.buffer(), reader.valueOffset(), reader.valueLength(), StandardCharsets.ISO_8859_1);
        Answer hit = Answer.hit(value, reader.clientFlags())
                .withCas(reader.cas())
                .withMarks(reader.has(Facts.STALE), reader.has(Facts.TAKEN), reader.has(Facts.WON));
        Command.Fetch fetch = (Command.Fetch) command;
        boolean changed = fetch.exptime() != null || reader.has(Facts.CREATED);
        return changed ? hit : hit.withTtl(reader.ttlSeconds());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
