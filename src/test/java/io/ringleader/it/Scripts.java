package io.ringleader.it;

import io.ringleader.it.Script.Ending;
import io.ringleader.it.Script.Packet;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** The kinds of random scripts. Whatever fails can be shrunk: to fewer packets, commands, pauses, flags, fields. */
enum Scripts {
    CLASSIC {
        @Override
        Arbitrary<List<Packet>> packets() {
            return textPackets(Arbitraries.randomValue(random -> new ClassicCommands(random).command()));
        }
    },
    /** Classic commands on the same items among them. */
    META {
        @Override
        Arbitrary<List<Packet>> packets() {
            return textPackets(MetaCommands.commands());
        }
    },
    BINARY {
        @Override
        Arbitrary<List<Packet>> packets() {
            return binaryPackets(BinaryCommands.commands());
        }
    },
    /** All protocols on the same items, by packets. */
    MIXED {
        @Override
        Arbitrary<List<Packet>> packets() {
            return Arbitraries.oneOf(
                    binaryPackets(BinaryCommands.commandsBesideMeta()),
                    textPackets(MetaCommands.commands()),
                    textPackets(MetaCommands.classicCommands()));
        }
    };

    private static final int PACKETS_MAX = 6;
    private static final int COMMANDS_MAX = 8;
    private static final int PAUSES_MAX = 3;
    private static final int PLACES = 1000;

    /** What becomes of one round of the generator: commands for one connection, as one packet or more. */
    abstract Arbitrary<List<Packet>> packets();

    Arbitrary<Script> scripts() {
        return packets().list().ofMinSize(1).ofMaxSize(PACKETS_MAX).map(rounds -> {
            List<Packet> packets = new ArrayList<>();
            rounds.forEach(packets::addAll);
            return new Script(packets);
        });
    }

    private static Arbitrary<List<Packet>> textPackets(Arbitrary<String> commands) {
        Arbitrary<List<Packet>> usual =
                broken(commands).list().ofMinSize(1).ofMaxSize(COMMANDS_MAX).map(list -> split(list, Ending.OPEN));
        Arbitrary<List<Packet>> closing = broken(Arbitraries.of(ClassicCommands.CLOSING))
                .map(command -> List.of(new Packet(List.of(command), Ending.CLOSED)));
        Arbitrary<List<Packet>> alone = broken(Arbitraries.of(
                        ClassicCommands.LONG_KEY_IN_GET,
                        ClassicCommands.LONG_KEY_IN_GET,
                        ClassicCommands.TOO_LARGE,
                        MetaCommands.TOO_LARGE))
                .map(command -> List.of(Packet.of(command)));
        return Arbitraries.frequencyOf(Tuple.of(94, usual), Tuple.of(3, closing), Tuple.of(3, alone));
    }

    private static Arbitrary<List<Packet>> binaryPackets(Arbitrary<String> any) {
        Arbitrary<List<String>> commands = any.list().ofMinSize(1).ofMaxSize(COMMANDS_MAX);
        Arbitrary<List<Packet>> usual = commands.map(list -> split(list, Ending.OPEN));
        Arbitrary<List<Packet>> refused = Combinators.combine(commands, BinaryCommands.refused())
                .as((list, last) -> split(with(list, last), Ending.REFUSED));
        // memcached may throw away answers before these, but not that of a noop, which makes the connection a binary
        // one
        Arbitrary<List<Packet>> closing =
                BinaryCommands.closing().map(last -> split(List.of(BinaryCommands.NOOP, last), Ending.CLOSED));
        return Arbitraries.frequencyOf(Tuple.of(90, usual), Tuple.of(7, refused), Tuple.of(3, closing));
    }

    private static List<String> with(List<String> list, String last) {
        List<String> longer = new ArrayList<>(list);
        longer.add(last);
        return longer;
    }

    /** In as few packets as {@link Difference#PADDING_DOES_NOT_DEPEND_ON_THE_PIPELINE} allows. */
    private static List<Packet> split(List<String> list, Ending ending) {
        List<Packet> packets = new ArrayList<>();
        List<String> commands = new ArrayList<>();
        for (String command : list) {
            if (Difference.endsPacket(commands, command)) {
                packets.add(new Packet(List.copyOf(commands), Ending.OPEN));
                commands.clear();
            }
            commands.add(command);
        }
        packets.add(new Packet(List.copyOf(commands), ending));
        return packets;
    }

    /** Seldom puts pauses into a text command. */
    private static Arbitrary<String> broken(Arbitrary<String> commands) {
        Arbitrary<List<Integer>> pauses = Arbitraries.frequencyOf(
                Tuple.of(7, Arbitraries.just(List.of())),
                Tuple.of(
                        1,
                        Arbitraries.integers()
                                .between(0, PLACES)
                                .withoutEdgeCases()
                                .list()
                                .ofMinSize(1)
                                .ofMaxSize(PAUSES_MAX)));
        return Combinators.combine(commands, pauses).as(Scripts::withPauses);
    }

    /** @param places each in thousandths of the length */
    private static String withPauses(String command, List<Integer> places) {
        StringBuilder text = new StringBuilder(command);
        for (int place : places) {
            int at = (int) ((long) text.length() * place / PLACES);
            if (!withinEscape(text, at)) {
                text.insert(at, "\\|");
            }
        }
        return text.toString();
    }

    private static boolean withinEscape(StringBuilder text, int at) {
        int open = text.lastIndexOf("{", at - 1);
        if (open >= 0 && text.indexOf("}", open) >= at) {
            return true;
        }
        for (int back = 1; back <= 3 && back <= at; back++) {
            if (text.charAt(at - back) == '\\') {
                return true;
            }
        }
        return false;
    }
}
