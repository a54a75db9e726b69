package io.ringleader.store;

import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/**
 * One entry of a random log, said relative to what came before.
 *
 * @param kind what the session does
 * @param timeDeltaMillis added to the leader's clock, which may run backwards
 */
record Step(
        Kind kind, int node, long timeDeltaMillis, long partitionMaxBytes, int itemMaxBytes, List<Command> commands) {
    enum Kind {
        NEXT,
        REPEAT,
        REPEAT_WITH_OTHER_COMMANDS,
        SKIP_SEQUENCES,
        OLD_SEQUENCE,
        NEW_INCARNATION,
        OLD_INCARNATION,
        TICK,
        NO_OP
    }

    static final List<String> KEYS = List.of("a", "b", "c", "dd", "e\u00ff", "\u0000", "k".repeat(250));

    static Arbitrary<List<Step>> logs() {
        return steps().list().ofMaxSize(60);
    }

    private static Arbitrary<Step> steps() {
        Arbitrary<Kind> kinds = Arbitraries.oneOf(Arbitraries.just(Kind.NEXT), Arbitraries.of(Kind.values()));
        Arbitrary<Long> deltas = Arbitraries.of(0L, 0L, 1L, 500L, 999L, 1000L, 1001L, 3000L, 40_000L, -5000L);
        Arbitrary<Long> limits = Arbitraries.of(1_000_000L, 1_000_000L, 1000L, 420L, 210L, 0L);
        Arbitrary<Integer> itemLimits = Arbitraries.of(1000, 1000, 12, 3, 0);
        return Combinators.combine(
                        kinds,
                        Arbitraries.integers().between(1, 3),
                        deltas,
                        limits,
                        itemLimits,
                        anyCommand().list().ofMaxSize(8))
                .as(Step::new);
    }

    static Arbitrary<Command> anyCommand() {
        Arbitrary<Byte> ops = Arbitraries.bytes().between(Op.GET, Op.ARITHMETIC);
        Arbitrary<Long> exptimes = Arbitraries.of(
                0L, 0L, 0L, 1L, 2L, 5L, -1L, 2_592_000L, 2_592_001L, 1_700_000_001L, 1_700_000_004L, 1_700_000_030L);
        Arbitrary<Long> deltas = Arbitraries.of(0L, 1L, 5L, 99L, 1000L, -1L, Long.MAX_VALUE);
        Arbitrary<String> texts = Arbitraries.of(
                "1",
                "10",
                "99",
                "007",
                " 12 ",
                "-1",
                "-0",
                "18446744073709551615",
                "18446744073709551616",
                "",
                "abc",
                "5 x");
        Arbitrary<String> values = Arbitraries.oneOf(
                texts, Arbitraries.strings().withCharRange('\u0000', '\u00ff').ofMaxLength(300));
        return Combinators.combine(
                        ops,
                        Arbitraries.of(KEYS),
                        Arbitraries.integers(),
                        exptimes,
                        Arbitraries.longs().between(1, 12),
                        deltas,
                        values)
                .as((op, key, flags, exptime, cas, delta, value) -> new Command(
                        op, op == Op.FLUSH_ALL ? "" : key, flags, exptime, cas, delta, value, Command.General.NONE))
                .flatMap(command -> Op.isGeneral(command.op())
                        ? general(command.op(), exptimes).map(general -> with(command, general))
                        : Arbitraries.just(command));
    }

    private static Command with(Command c, Command.General general) {
        return new Command(c.op(), c.key(), c.flags(), c.exptime(), c.cas(), c.delta(), c.value(), general);
    }

    private static Arbitrary<Command.General> general(byte op, Arbitrary<Long> exptimes) {
        List<Integer> legal = IntStream.range(0, 16)
                .mapToObj(bit -> 1 << bit)
                .filter(option -> Options.areLegal(op, option))
                .toList();
        Arbitrary<Integer> options = Arbitraries.subsetOf(legal)
                .map(chosen -> chosen.stream().mapToInt(Integer::intValue).sum());
        return Combinators.combine(
                        options,
                        Arbitraries.of(Op.SET, Op.ADD, Op.REPLACE, Op.APPEND, Op.PREPEND),
                        Arbitraries.of(0L, 1L, 5L, 100L, -1L),
                        exptimes,
                        exptimes,
                        Arbitraries.of(0L, 7L, 1000L, -1L))
                .as(Command.General::new);
    }
}
