package io.ringleader.spec;

import static io.ringleader.spec.Outcome.disabled;
import static io.ringleader.spec.Outcome.next;

import io.ringleader.raft.HardState;
import io.ringleader.raft.Message.Admit;
import io.ringleader.raft.Message.Introduce;
import io.ringleader.raft.Message.Introduced;
import io.ringleader.raft.Message.Vouch;
import io.ringleader.raft.Message.Vouched;
import io.ringleader.raft.Replica;
import io.ringleader.raft.Role;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** Which data directory of a node counts, and how a new one comes to count. Why this is safe is in docs/raft.md. */
final class Newcomers {
    private Newcomers() {}

    // ---- who is listened to

    /** A server that cannot say yet who it is, or that was replaced, does not listen. */
    static Action hearNothing() {
        return new Action(
                "HearNothing",
                server ->
                        server.standing().isMute() ? next(server) : disabled("it can say who it is, and must listen"));
    }

    /** A voter is news, or has taken the place of another directory: of each generation, one at most gets to vote. */
    static Action know(Replica sender) {
        return new Action("Know", server -> {
            Replica other = server.standing().known().get(sender.node());
            boolean newer = other == null || sender.generation() >= other.generation();
            return sender.voter() && newer
                    ? noted(next(server), sender.withVoter(false))
                    : disabled("it knows " + other + ", which " + sender + " does not replace");
        });
    }

    /** A directory that was replaced is told so, and not listened to. */
    static Action refuseReplaced(Replica sender) {
        return new Action("RefuseReplaced", server -> {
            Replica other = server.standing().known().get(sender.node());
            return other != null && other.generation() > sender.generation()
                    ? next(server).sending(new Introduced(server.id(), sender.node(), server.currentTerm(), other))
                    : disabled("it knows no directory that has replaced " + sender);
        });
    }

    // ---- the newcomer

    /** An empty disk: a new directory. It votes only if there is nobody else who could remember another one. */
    static Outcome newDirectory(Server server, Replica fresh) {
        boolean isEmpty = server.currentTerm() == 0 && server.log().lastIndex() == 0;
        boolean alone = server.voters().size() == 1;
        return server.standing().self() == null && isEmpty && fresh.generation() == 1 && fresh.voter() == alone
                ? writing(next(server), fresh)
                : disabled(fresh + " is no new directory of " + server.disk());
    }

    static Action introduce(Introduce message) {
        return new Action(
                "Introduce",
                server -> !server.standing().isMute() && !server.isVoter()
                        ? next(server)
                        : disabled("only a newcomer introduces itself"));
    }

    /** What it is, is on its disk. */
    static Action directoryDurable(Introduced own) {
        return new Action(
                "DirectoryDurable", server -> next(server.with(server.standing().onDisk(own.known()))));
    }

    static Action handleIntroduced(Introduced answer) {
        return new Action("HandleIntroduced", server -> {
            Standing standing = server.standing();
            Replica written = standing.written();
            Replica claimed = answer.known();
            if (claimed.isSameDirectory(written)) {
                Server accepted = server.with(standing.acceptedBy(answer.from()));
                boolean byAll = accepted.standing().acceptedBy().size()
                        == server.voters().size() - 1;
                return byAll && written.generation() == 1 && !written.voter()
                        ? writing(next(accepted), written.withVoter(true))
                        : next(accepted);
            } else if (written.voter()) {
                return next(claimed.generation() > written.generation() ? replaced(server) : server);
            } else if (claimed.generation() < written.generation()) {
                return next(server);
            }
            return writing(
                    next(server.with(standing.acceptedByNobody())),
                    new Replica(server.id(), claimed.generation() + 1, written.identity(), false));
        });
    }

    private static Server replaced(Server server) {
        Server after = server.with(server.standing().asReplaced());
        return after.role() == Role.FOLLOWER ? after : after.as(Role.FOLLOWER, HardState.NOBODY);
    }

    /** It is let in: it notes whom the leader knows and, if it has no vote, one for the leader. */
    static Action handleAdmit(Admit admit) {
        return new Action("HandleAdmit", server -> {
            Replica written = server.standing().written();
            if (written.voter() || !admit.newcomer().isSameDirectory(written)) {
                return next(server);
            }
            Outcome.Taken taken = learned(next(server), admit.known());
            if (server.votedFor() == HardState.NOBODY) {
                taken = with(taken, taken.server().inTerm(server.currentTerm(), admit.from()))
                        .writing(new HardState(server.currentTerm(), admit.from()));
            }
            return writing(taken, written.withVoter(true));
        });
    }

    // ---- others

    /** The first directory of a node that ever introduces itself becomes known; any is told which one is known. */
    static Action answerIntroduction(Introduce introduction, Replica newcomer) {
        return new Action("AnswerIntroduction", server -> {
            if (newcomer.voter()) {
                return next(server);
            }
            Outcome.Taken taken = next(server);
            Replica other = server.standing().known().get(newcomer.node());
            if (other == null && newcomer.generation() == 1) {
                taken = noted(taken, newcomer);
                other = newcomer;
            }
            if (other != null) {
                taken = taken.sending(new Introduced(server.id(), newcomer.node(), server.currentTerm(), other));
            }
            Server after = taken.server();
            boolean begins = after.isLeader()
                    && after.standing().mayBecomeKnown(newcomer)
                    && after.leading().join(newcomer) == null;
            return begins
                    ? with(taken, after.with(after.leading().withJoin(new Leading.Join(newcomer, new TreeSet<>(), -1))))
                    : taken;
        });
    }

    /** A voter that follows the leader of its term knows the newcomer from now on, and no older directory of that node. */
    static Action vouch(Vouch request) {
        return new Action("Vouch", server -> {
            Replica newcomer = request.newcomer();
            if (!server.isVoter()) {
                return disabled("a newcomer vouches for nobody");
            }
            if (!server.standing().mayBecomeKnown(newcomer)) {
                return disabled("it knows a newer directory than " + newcomer);
            }
            return noted(next(server), newcomer)
                    .sending(new Vouched(server.id(), request.from(), server.currentTerm(), newcomer));
        });
    }

    // ---- leader

    static Action askToVouch(Vouch message) {
        return new Action(
                "AskToVouch",
                server -> server.isLeader()
                                && message.term() == server.currentTerm()
                                && message.to() != message.newcomer().node()
                                && server.leading().join(message.newcomer()) != null
                        ? next(server)
                        : disabled("it does not lead, or does not let that newcomer in"));
    }

    /** Once enough have vouched, the leader among them: all that an earlier directory may have acknowledged is in its log. */
    static Action handleVouched(Vouched answer, Replica voucher) {
        return new Action("HandleVouched", server -> {
            Leading.Join join = server.leading().join(answer.newcomer());
            if (!server.isLeader() || join == null || !voucher.voter()) {
                return next(server);
            }
            SortedSet<Integer> vouchers = new TreeSet<>(join.vouchers());
            vouchers.add(voucher.node());
            boolean enough = join.target() < 0 && isEnough(server, vouchers);
            long target = enough ? server.log().lastIndex() : join.target();
            return next(server.with(server.leading().withJoin(new Leading.Join(join.newcomer(), vouchers, target))));
        });
    }

    /** Each majority that has the newcomer's node in it has one of the vouchers in it. */
    private static boolean isEnough(Server server, SortedSet<Integer> vouchers) {
        int majority = server.voters().size() / 2 + 1;
        return vouchers.contains(server.id())
                && vouchers.size() + majority > server.voters().size();
    }

    static Action admit(Admit message) {
        return new Action("Admit", server -> {
            Leading leading = server.leading();
            Replica newcomer = message.newcomer();
            Leading.Join join = leading.join(newcomer);
            if (!server.isLeader() || message.term() != server.currentTerm() || join == null) {
                return disabled("it does not lead, or does not let that newcomer in");
            }
            if (join.target() < 0 || !isEnough(server, join.vouchers())) {
                return disabled("only " + join.vouchers() + " have vouched for it");
            }
            if (!leading.isOf(newcomer) || leading.matchIndex(newcomer.node()) < join.target()) {
                return disabled("the newcomer has " + leading.matchIndex(newcomer.node()) + ", and must have "
                        + join.target() + " to be in step");
            }
            return message.known().equals(server.standing().everyone())
                    ? next(server)
                    : disabled("it knows " + server.standing().everyone());
        });
    }

    // ---- parts of actions

    static Outcome.Taken learned(Outcome.Taken taken, List<Replica> replicas) {
        Outcome.Taken after = taken;
        for (Replica replica : replicas) {
            Standing standing = after.server().standing();
            Replica other = standing.known().get(replica.node());
            boolean newer = other == null || replica.generation() > other.generation();
            if (replica.node() != standing.id() && newer) {
                after = noted(after, replica);
            }
        }
        return after;
    }

    private static Outcome.Taken noted(Outcome.Taken taken, Replica other) {
        Server server = taken.server();
        if (other.equals(server.standing().known().get(other.node()))) {
            return taken;
        }
        Server after = server.with(server.standing().knowing(other));
        if (after.isLeader() && !after.leading().isOf(other)) {
            after = after.with(after.leading().withNothingOf(other.node()));
        }
        return with(taken, after).writing(other);
    }

    private static Outcome.Taken writing(Outcome.Taken taken, Replica own) {
        Server server = taken.server();
        return with(taken, server.with(server.standing().writing(own)))
                .writing(own)
                .sending(new Introduced(server.id(), server.id(), server.currentTerm(), own));
    }

    private static Outcome.Taken with(Outcome.Taken taken, Server server) {
        return new Outcome.Taken(server, taken.writes(), taken.sent());
    }
}
