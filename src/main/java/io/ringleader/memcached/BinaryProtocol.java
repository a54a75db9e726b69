package io.ringleader.memcached;

import io.ringleader.memcached.RequestHandler.Kind;
import io.ringleader.store.ByteWriter;
import io.ringleader.store.ItemCommand;
import io.ringleader.store.Op;
import io.ringleader.store.Options;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Reads the binary protocol. A packet says how long it is, so nothing is remembered of one that is not complete: its header
 * is read again when more has come. What is called depends on the bytes alone, not on how they are cut.
 *
 * <p>A request that is refused for what it is (too long a key, extras of the wrong size, no key where one must be, too large
 * a value) is answered and its body thrown away as it comes. If the lengths in its header contradict each other, or are
 * beyond all reason, nobody knows where the next one begins: that is answered and the connection is closed. So is a request of
 * a client that has not logged in where it must.
 */
final class BinaryProtocol implements Protocol {
    /** A body longer than this is not believed; the same as in memcached. */
    private static final long BODY_MAX_BYTES = 1L << 30;

    /** In an incr or decr: if there is no item, none is to be made. */
    private static final long MAKE_NOTHING_EXPTIME = 0xffff_ffffL;

    private enum State {
        /** At the begin of a packet. */
        PACKET,
        /** {@code swallowBytes} of a refused body are still to be thrown away. */
        SWALLOW,
        /** The answer to quit, if any, is given, and now the connection is to be closed. */
        QUIT,
        /** What comes cannot be told apart any more; the connection is to be closed for {@code closeReason}. */
        BROKEN,
        CLOSED
    }

    private final Limits limits;
    /** Null if nobody needs to log in. */
    private final SaslLogin login;

    private final Request request = new Request();
    private final ItemCommand itemCommand = new ItemCommand();
    private State state = State.PACKET;
    private long swallowBytes;
    private String closeReason = "";
    private int neededBytes;

    BinaryProtocol(Limits limits, Optional<Credentials> credentials) {
        this.limits = limits;
        login = credentials.map(SaslLogin::new).orElse(null);
    }

    @Override
    public int consume(ByteBuffer in, RequestHandler handler) {
        neededBytes = 0;
        boolean gettingOn = true;
        while (gettingOn) {
            gettingOn = switch (state) {
                case PACKET -> readPacket(in, handler);
                case SWALLOW -> swallow(in);
                case QUIT -> end(handler);
                case BROKEN -> close(handler);
                case CLOSED -> discard(in);
            };
        }
        // an idle connection must not keep an input buffer alive that its owner has replaced by a smaller one
        request.buffer = Words.NO_BYTES;
        return neededBytes;
    }

    private boolean readPacket(ByteBuffer in, RequestHandler handler) {
        if (!in.hasRemaining()) {
            return false;
        }
        int at = in.position();
        if (in.get(at) != BinaryPacket.REQUEST) {
            return breakOff("A packet begins with the byte " + (in.get(at) & 0xff) + ", a request begins with 128.");
        }
        if (in.remaining() < BinaryPacket.HEADER_BYTES) {
            return await(BinaryPacket.HEADER_BYTES);
        }
        int code = in.get(at + BinaryPacket.OPCODE_AT) & 0xff;
        int keyBytes = in.getShort(at + BinaryPacket.KEY_LENGTH_AT) & 0xffff;
        int extrasBytes = in.get(at + BinaryPacket.EXTRAS_LENGTH_AT) & 0xff;
        long bodyBytes = Integer.toUnsignedLong(in.getInt(at + BinaryPacket.BODY_LENGTH_AT));
        long valueBytes = bodyBytes - keyBytes - extrasBytes;
        if (valueBytes < 0) {
            return refuseAndKeepAByte(in, handler, BinaryStatus.UNKNOWN_COMMAND)
                    && breakOff("A packet has a body of " + bodyBytes + " bytes with " + extrasBytes
                            + " bytes of extras and " + keyBytes + " bytes of key in it.");
        }
        if (bodyBytes > BODY_MAX_BYTES) {
            return refuseAndKeepAByte(in, handler, BinaryStatus.INVALID)
                    && breakOff("A packet has a body of " + bodyBytes + " bytes.");
        }
        Opcode opcode = Opcode.of(code);
        if (login != null && !login.allows(opcode)) {
            return refuseAndKeepAByte(in, handler, BinaryStatus.AUTH_FAILURE)
                    && breakOff("A client that has not logged in sent a request with the opcode " + code + ".");
        }
        BinaryStatus refusal = refusal(opcode, keyBytes, extrasBytes, valueBytes);
        if (refusal != BinaryStatus.OK) {
            return refuse(in, handler, refusal, bodyBytes);
        }
        int packetBytes = BinaryPacket.HEADER_BYTES + (int) bodyBytes;
        if (in.remaining() < packetBytes) {
            return await(packetBytes);
        }
        return opcode.operation() == null
                ? serveHere(opcode, in, keyBytes, packetBytes, handler)
                : command(opcode, in, keyBytes, extrasBytes, packetBytes, handler);
    }

    /** Why it cannot be done, whatever it holds; {@link BinaryStatus#OK} if it can. In the order of memcached. */
    private BinaryStatus refusal(Opcode opcode, int keyBytes, int extrasBytes, long valueBytes) {
        if (keyBytes > limits.keyMaxBytes()) {
            return BinaryStatus.INVALID;
        }
        if (opcode == null) {
            return BinaryStatus.UNKNOWN_COMMAND;
        }
        if (!opcode.accepts(extrasBytes, keyBytes, valueBytes)) {
            return BinaryStatus.INVALID;
        }
        if (opcode.isSasl()) {
            // As memcached answers when authentication is off.
            return login == null ? BinaryStatus.UNKNOWN_COMMAND : SaslLogin.refusal(keyBytes, valueBytes);
        }
        return valueBytes > limits.itemMaxBytes() ? BinaryStatus.TOO_LARGE : BinaryStatus.OK;
    }

    /** Also a quiet request hears of an error. */
    private boolean refuse(ByteBuffer in, RequestHandler handler, BinaryStatus status, long bodyBytes) {
        if (!handler.begin(Kind.LOCAL, 1)) {
            return false;
        }
        ByteWriter out = new ByteWriter();
        int at = in.position();
        status.write(in.get(at + BinaryPacket.OPCODE_AT) & 0xff, in.getInt(at + BinaryPacket.OPAQUE_AT), out);
        in.position(at + BinaryPacket.HEADER_BYTES);
        swallowBytes = bodyBytes;
        state = State.SWALLOW;
        handler.answer(out.toByteArray());
        return true;
    }

    /** What is still to be done must have a byte to come back for, or a handler that refuses it would not be asked again. */
    private boolean refuseAndKeepAByte(ByteBuffer in, RequestHandler handler, BinaryStatus status) {
        if (!refuse(in, handler, status, 0)) {
            return false;
        }
        in.position(in.position() - 1);
        return true;
    }

    private boolean serveHere(Opcode opcode, ByteBuffer in, int keyBytes, int packetBytes, RequestHandler handler) {
        if (opcode == Opcode.QUITQ) {
            state = State.QUIT;
            return true;
        }
        if (!handler.begin(Kind.LOCAL, 1)) {
            return false;
        }
        int at = in.position();
        int opaque = in.getInt(at + BinaryPacket.OPAQUE_AT);
        // Quit comes back for its last byte.
        in.position(at + packetBytes - (opcode == Opcode.QUIT ? 1 : 0));
        switch (opcode) {
            case VERSION -> handler.version(BinaryReplies.version(opaque));
            case STAT -> {
                int keyAt = in.arrayOffset() + at + BinaryPacket.HEADER_BYTES;
                String argument = new String(in.array(), keyAt, keyBytes, StandardCharsets.ISO_8859_1);
                handler.stats(argument, BinaryReplies.stats(opaque));
            }
            case NOOP, VERBOSITY, QUIT -> {
                state = opcode == Opcode.QUIT ? State.QUIT : state;
                handler.answer(BinaryStatus.OK.response(opcode, opaque));
            }
            case SASL_LIST, SASL_AUTH, SASL_STEP -> {
                int mechanismAt = in.arrayOffset() + at + BinaryPacket.HEADER_BYTES;
                int messageBytes = packetBytes - BinaryPacket.HEADER_BYTES - keyBytes;
                login.take(opcode, opaque, in.array(), mechanismAt, keyBytes, messageBytes, handler);
            }
            default -> throw new IllegalStateException(opcode + " is not served without the store.");
        }
        return true;
    }

    private boolean command(
            Opcode opcode, ByteBuffer in, int keyBytes, int extrasBytes, int packetBytes, RequestHandler handler) {
        if (!handler.begin(opcode.operation().kind(), 1)) {
            return false;
        }
        int at = in.position();
        long cas = in.getLong(at + BinaryPacket.CAS_AT);
        request.clear(opcode.operationWith(cas));
        request.buffer = in.array();
        request.base = in.arrayOffset() + at;
        request.keyStart = BinaryPacket.HEADER_BYTES + extrasBytes;
        request.keyLength = keyBytes;
        request.valueStart = request.keyStart + keyBytes;
        request.valueLength = packetBytes - request.valueStart;
        request.cas = cas;
        int extrasAt = at + BinaryPacket.HEADER_BYTES;
        if (opcode.hasExptime() && extrasBytes > 0) {
            // Not negative: memcached, too, takes all 32 bits as a number of seconds.
            request.exptime = Integer.toUnsignedLong(in.getInt(extrasAt + extrasBytes - Integer.BYTES));
        }
        prepare(in, extrasAt);
        byte[] missKey = opcode.answersKey() && !opcode.isQuiet() ? request.copyOfKey() : Words.NO_BYTES;
        int opaque = in.getInt(at + BinaryPacket.OPAQUE_AT);
        request.reply = new BinaryReplies.BinaryReply(opcode, request.op, opaque, missKey);
        in.position(at + packetBytes);
        handler.command(request);
        return true;
    }

    /** Puts the command for the store together, if a classic one does not do: most answers have the cas id of the item. */
    private void prepare(ByteBuffer in, int extrasAt) {
        switch (request.op) {
            case SET, CAS -> store(Op.SET, in.getInt(extrasAt));
            case ADD -> store(Op.ADD, in.getInt(extrasAt));
            case REPLACE -> store(Op.REPLACE, in.getInt(extrasAt));
            case APPEND -> compared(itemCommand.store(Op.APPEND, 0));
            case PREPEND -> compared(itemCommand.store(Op.PREPEND, 0));
            case DELETE -> compared(itemCommand.remove());
            case TOUCH -> request.itemCommand = itemCommand.fetch().touch(request.exptime);
            case INCR, DECR -> {
                request.delta = in.getLong(extrasAt);
                compared(itemCommand.arithmetic(request.delta));
                itemCommand.with(request.op == Operation.DECR ? Options.SUBTRACT : 0);
                if (request.exptime != MAKE_NOTHING_EXPTIME) {
                    itemCommand.vivify(request.exptime).initial(in.getLong(extrasAt + Long.BYTES));
                }
            }
            default -> {}
        }
    }

    private void store(byte mode, int clientFlags) {
        request.clientFlags = clientFlags;
        compared(itemCommand.store(mode, clientFlags).touch(request.exptime));
    }

    /** With a cas id that is not 0, the change is made only if the item has it. */
    private void compared(ItemCommand command) {
        request.itemCommand = request.cas == 0 ? command : command.compare(request.cas);
    }

    private boolean await(int bytes) {
        neededBytes = bytes;
        return false;
    }

    private boolean breakOff(String reason) {
        closeReason = reason;
        state = State.BROKEN;
        return true;
    }

    private boolean swallow(ByteBuffer in) {
        int count = (int) Math.min(swallowBytes, in.remaining());
        in.position(in.position() + count);
        swallowBytes -= count;
        if (swallowBytes > 0) {
            return false;
        }
        state = State.PACKET;
        return true;
    }

    private boolean end(RequestHandler handler) {
        if (!handler.begin(Kind.LOCAL, 1)) {
            return false;
        }
        state = State.CLOSED;
        handler.quit();
        return true;
    }

    private boolean close(RequestHandler handler) {
        if (!handler.begin(Kind.LOCAL, 1)) {
            return false;
        }
        state = State.CLOSED;
        handler.close(closeReason);
        return true;
    }

    private static boolean discard(ByteBuffer in) {
        in.position(in.limit());
        return false;
    }
}
