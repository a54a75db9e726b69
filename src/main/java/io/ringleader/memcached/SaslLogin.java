package io.ringleader.memcached;

import java.nio.charset.StandardCharsets;

/**
 * What one connection of the binary protocol has done to log in: by SASL with the mechanism PLAIN, whose message comes with the
 * request to log in or, if that has none, with a step after it. Owned by the loop of that connection.
 *
 * <p>As in memcached, a client that logs in again is nobody until it has succeeded, and it does not matter what a step calls its
 * mechanism.
 */
final class SaslLogin {
    private static final String PLAIN = "PLAIN";
    private static final int MECHANISM_MAX_BYTES = 32;

    private final Credentials credentials;
    private boolean started;
    private boolean accepted;

    SaslLogin(Credentials credentials) {
        this.credentials = credentials;
    }

    /** Whether the client may ask for that now; null stands for an opcode that there is not. */
    boolean allows(Opcode opcode) {
        return accepted || (opcode != null && opcode.isForAll());
    }

    /** Why such a request is refused whatever is in it: no more is kept for somebody who is not known. */
    static BinaryStatus refusal(int mechanismBytes, long messageBytes) {
        if (mechanismBytes > MECHANISM_MAX_BYTES) {
            return BinaryStatus.INVALID;
        }
        return messageBytes > Limits.CREDENTIALS_MAX_BYTES ? BinaryStatus.TOO_LARGE : BinaryStatus.OK;
    }

    /** Answers a request that has come as a whole: the name of the mechanism, with the message right behind it. */
    void take(
            Opcode opcode,
            int opaque,
            byte[] buffer,
            int mechanismAt,
            int mechanismBytes,
            int messageBytes,
            RequestHandler handler) {
        if (opcode == Opcode.SASL_LIST) {
            handler.answer(BinaryReplies.text(opcode, opaque, PLAIN));
            return;
        }
        boolean step = opcode == Opcode.SASL_STEP;
        accepted = false;
        if (!step) {
            String mechanism = new String(buffer, mechanismAt, mechanismBytes, StandardCharsets.ISO_8859_1);
            started = mechanism.equalsIgnoreCase(PLAIN);
            if (started && messageBytes == 0) {
                handler.answer(BinaryStatus.AUTH_CONTINUE.response(opcode, opaque));
                return;
            }
        }
        accepted = started && credentials.acceptPlain(buffer, mechanismAt + mechanismBytes, messageBytes);
        // As in memcached, a step may be tried again, but needs a login before it that has not failed.
        started = step ? started : accepted;
        byte[] answer = accepted
                ? BinaryReplies.text(opcode, opaque, "Authenticated")
                : BinaryStatus.AUTH_FAILURE.response(opcode, opaque);
        handler.login(accepted, answer);
    }
}
