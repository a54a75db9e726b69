package io.ringleader.node;

import io.ringleader.loop.Loop;
import io.ringleader.memcached.Credentials;
import io.ringleader.memcached.Limits;
import io.ringleader.memcached.StatsWriter;
import io.ringleader.net.Connection;
import io.ringleader.ring.Ring;
import io.ringleader.sim.VirtualProcess;
import io.ringleader.sim.VirtualWorld;
import io.ringleader.store.ByteWriter;
import io.ringleader.store.Result;
import io.ringleader.store.ResultReader;
import io.ringleader.store.ResultWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The client loop of node 1 of 3 with a real router and real sessions; the test plays the nodes that are asked. */
final class ClientSide {
    static final int BATCH_MAX_BYTES = 10_000;
    static final int QUEUE_MAX_BYTES = 50_000;
    static final int ANSWERS_MAX_BYTES = 30_000;
    static final long COMMAND_TIMEOUT_MILLIS = 3_000;
    static final long ATTEMPT_MILLIS = 500;
    static final int PARTITIONS = 2;

    /**
     * What the router asked of a node.
     *
     * @param via who is to pass it on; 0 is nobody
     */
    record Asked(int node, int via, Request request) {}

    final VirtualWorld world = new VirtualWorld(7, 0);
    final VirtualProcess process = world.process("node1");
    final Loop loop = process.loop("client", 0);
    final Ring ring = Ring.build(List.of(1, 2, 3), PARTITIONS, 3, 32, 1.25);
    final ArrayDeque<Asked> asked = new ArrayDeque<>();
    final ClientStats stats = new ClientStats();
    final Router router;
    final ClientSession.Shared shared;
    Consumer<byte[]> statsAnswer;
    /** Times the process was asked to end. */
    int shutdowns;

    ClientSide() {
        this(5, null, true);
    }

    ClientSide(long incarnation) {
        this(incarnation, null, true);
    }

    ClientSide(Credentials credentials, boolean mayShutDown) {
        this(5, credentials, mayShutDown);
    }

    private ClientSide(long incarnation, Credentials credentials, boolean mayShutDown) {
        StoreHost store = new StoreHost(loop, world, BATCH_MAX_BYTES, null);
        ClientServices services = new ClientServices(
                loop,
                world,
                new KeyDumps(store, world, loop, loop),
                new Watchers(world),
                Optional.ofNullable(credentials),
                mayShutDown ? Optional.of(() -> shutdowns++) : Optional.empty());
        router = new Router(
                1,
                incarnation,
                ring,
                loop,
                world,
                new Router.Settings(
                        COMMAND_TIMEOUT_MILLIS * 1_000_000,
                        ATTEMPT_MILLIS * 1_000_000,
                        BATCH_MAX_BYTES,
                        BATCH_MAX_BYTES,
                        QUEUE_MAX_BYTES),
                (node, via, request) -> asked.add(new Asked(node, via, request)));
        router.onReach(2, true);
        router.onReach(3, true);
        ClientSession.Information information = new ClientSession.Information() {
            @Override
            public void stats(String argument, StatsWriter writer, Consumer<byte[]> answer) {
                statsAnswer = answer;
            }

            @Override
            public String version() {
                return "1.2.3";
            }
        };
        shared = new ClientSession.Shared(
                router,
                Limits.ofItemMaxBytes(8_000),
                stats,
                information,
                100,
                ANSWERS_MAX_BYTES,
                new ByteWriter(),
                new ResultReader(),
                services);
    }

    Client client() {
        return new Client();
    }

    /** Runs all that can run now. */
    void settle() {
        world.runMillis(0);
    }

    Asked next() {
        settle();
        Asked next = asked.poll();
        if (next == null) {
            throw new AssertionError("The router asks nobody.");
        }
        return next;
    }

    void respond(Response response) {
        loop.execute(() -> router.onResponse(response));
        settle();
    }

    /** Answers all commands of the request with one code. */
    void answer(Asked to, byte code) {
        ByteWriter results = new ByteWriter();
        for (int i = 0; i < to.request().commandCount(); i++) {
            ResultWriter.code(results, code);
        }
        respond(Response.ok(to.request().id(), to.request().commandCount(), results.toByteArray()));
    }

    void fail(Asked to, Response.Status status) {
        respond(Response.failed(to.request().id(), status));
    }

    /** A key of the partition. */
    String key(int partition, int number) {
        int found = 0;
        for (int i = 0; ; i++) {
            byte[] key = ("k" + i).getBytes(StandardCharsets.US_ASCII);
            if (ring.partitionOf(key, 0, key.length) == partition && found++ == number) {
                return "k" + i;
            }
        }
    }

    static byte[] value(String key, int bytes) {
        ByteWriter results = new ByteWriter();
        byte[] name = key.getBytes(StandardCharsets.US_ASCII);
        ResultWriter.value(results, name, 0, name.length, 0, 1, new byte[bytes], 0, bytes);
        return results.toByteArray();
    }

    static byte[] code(byte code) {
        return new byte[] {code};
    }

    static byte[] stored() {
        return code(Result.STORED);
    }

    /** A session, and its connection as the client sees it. */
    final class Client implements Connection {
        final ClientSession session = new ClientSession(shared);
        final StringBuilder output = new StringBuilder();
        boolean takesOutput = true;
        boolean reading = true;
        boolean closing;
        long pendingBytes;
        long pendingBytesMax;
        private byte[] held = new byte[0];

        Client() {
            session.onOpen(this);
        }

        /** Bytes come from the client; they wait while the session does not read. */
        Client says(String text) {
            byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
            byte[] all = new byte[held.length + bytes.length];
            System.arraycopy(held, 0, all, 0, held.length);
            System.arraycopy(bytes, 0, all, held.length, bytes.length);
            held = all;
            if (reading) {
                loop.execute(this::present);
            }
            settle();
            return this;
        }

        private void present() {
            if (reading && !closing && held.length > 0) {
                ByteBuffer in = ByteBuffer.wrap(held);
                session.onBytes(in);
                held = Arrays.copyOfRange(held, in.position(), held.length);
            }
        }

        int unreadBytes() {
            return held.length;
        }

        void endsInput() {
            loop.execute(session::onInputEnded);
            settle();
        }

        void drains() {
            pendingBytes = 0;
            loop.execute(session::onOutputDrained);
            settle();
        }

        void disappears() {
            loop.execute(() -> session.onClosed("the client is gone"));
            settle();
        }

        /** What was answered since the last call. */
        String heard() {
            settle();
            String heard = output.toString();
            output.setLength(0);
            return heard;
        }

        @Override
        public void write(byte[] source, int offset, int length) {
            if (closing) {
                throw new AssertionError("The session writes to a connection that it has closed.");
            }
            output.append(new String(source, offset, length, StandardCharsets.ISO_8859_1));
            pendingBytes += takesOutput ? 0 : length;
            pendingBytesMax = Math.max(pendingBytesMax, pendingBytes);
        }

        @Override
        public long pendingOutputBytes() {
            return pendingBytes;
        }

        @Override
        public void setReading(boolean on) {
            boolean resumes = on && !reading;
            reading = on;
            if (resumes) {
                loop.execute(this::present);
            }
        }

        @Override
        public void closeAfterOutput() {
            closing = true;
        }

        @Override
        public void close(String reason) {
            closing = true;
        }

        @Override
        public String remoteAddress() {
            return "client";
        }
    }
}
