package io.ringleader.linearizability;

import java.util.Collection;

/**
 * What an object may do if it does one thing at a time: the sequential specification. Pure.
 *
 * @param <S> the states; immutable, with {@code equals} and {@code hashCode} by content, and a {@code toString} for people
 */
public interface Model<S> {
    S initial();

    /**
     * The states in which the object may be after it carried out the operation and gave its answer; none if that answer is
     * not possible. If the operation's outcome is unknown, the states after any answer.
     *
     * @param earliestNanos the operation takes effect at this time or later
     * @param latestNanos the operation takes effect at this time or earlier; {@link Long#MAX_VALUE} if nothing says when
     */
    Collection<S> step(S state, Operation operation, long earliestNanos, long latestNanos);
}
