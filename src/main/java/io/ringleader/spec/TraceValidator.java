package io.ringleader.spec;

import io.ringleader.raft.Durable;
import io.ringleader.raft.Effects;
import io.ringleader.raft.Entry;
import io.ringleader.raft.Message;
import io.ringleader.raft.Raft;
import io.ringleader.raft.Replica;
import io.ringleader.raft.SnapshotPoint;
import io.ringleader.raft.Step;
import io.ringleader.raft.StepObserver;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Follows all nodes of one group, step by step, and demands that each step is one of the specification, or a short sequence of
 * its actions; throws {@link SpecViolation} if not, with the step, the state before and after, and why no action fits.
 *
 * <p>It is the {@link StepObserver} of every node of the group, all on one thread. A node that starts a second time has crashed:
 * it must come up with what was durable, or with that and some of the writes that were under way.
 *
 * <p>Bounded in memory: it forgets entries that all nodes have compacted, terms that all have left, and all but the latest
 * messages.
 */
public final class TraceValidator implements StepObserver {
    private static final int STEPS_SHOWN = 12;

    /** A real node, and how much of the effects that wait to be taken has been looked at. */
    private static final class Followed {
        final Raft raft;
        int durables;
        int messages;
        int reads;
        int refusedReads;
        int chunks;
        long applied;

        Followed(Raft raft) {
            this.raft = raft;
            applied = raft.commitIndex();
        }
    }

    private record Past(int node, Step step, List<Action> actions) {
        @Override
        public String toString() {
            return "node " + node + " " + step + ": " + names(actions);
        }
    }

    private final Map<Integer, Server> servers = new TreeMap<>();
    private final Map<Integer, Followed> followed = new TreeMap<>();
    private final MessageSet messages = new MessageSet();
    private final History history = new History();
    private final ArrayDeque<Past> past = new ArrayDeque<>();
    private final Map<String, Long> timesTaken = new TreeMap<>();
    private long steps;

    /** How many steps were explained. */
    public long steps() {
        return steps;
    }

    /** How often each action was taken, by name. One that is missing was not tested. */
    public Map<String, Long> timesTaken() {
        return timesTaken;
    }

    // ---- steps

    @Override
    public void took(Raft raft, Step step, Effects pending) {
        Followed node = followed.get(raft.id());
        if (node == null || node.raft != raft) {
            throw new SpecViolation("Node " + raft.id() + " took " + step + ", but it has not started.");
        }
        Server before = servers.get(raft.id());
        if (step instanceof Step.Received received) {
            mustHaveBeenSent(received.message(), before);
        }
        Comparison.News news = news(node, pending);
        List<List<Action>> candidates = Explanations.of(step, before, raft.logBase(), history, raft.usesLeases());
        List<String> reasons = new ArrayList<>(0);
        for (List<Action> actions : candidates) {
            Outcome outcome = Action.run(actions, before);
            if (outcome instanceof Outcome.Taken taken) {
                outcome = Comparison.compare(raft, before, taken, news);
            }
            if (outcome instanceof Outcome.Taken taken) {
                accept(new Past(raft.id(), step, actions), before, taken, news);
                return;
            }
            reasons.add("\n  " + names(actions) + ": " + ((Outcome.Disabled) outcome).why());
        }
        throw new SpecViolation(
                "No action of the specification explains what node " + raft.id() + " did.\nStep: " + step
                        + "\nBefore: " + before + "\nAfter:  " + describe(raft) + "\nIt " + news + "\nCandidates:"
                        + String.join("", reasons) + "\nSteps before:" + pastSteps());
    }

    private void mustHaveBeenSent(Message message, Server receiver) {
        if (messages.mayArrive(message)) {
            return;
        }
        Server sender = servers.get(message.from());
        throw new SpecViolation("Node " + receiver.id() + " was given " + message + ", which was never sent"
                + (Disk.isPromise(message) ? ", or promises what is not durable yet" : "") + ". The sender is " + sender
                + ".\nSteps before:" + pastSteps());
    }

    private void accept(Past step, Server before, Outcome.Taken taken, Comparison.News news) {
        steps++;
        for (Action action : step.actions()) {
            timesTaken.merge(action.name(), 1L, Long::sum);
        }
        past.add(step);
        if (past.size() > STEPS_SHOWN) {
            past.poll();
        }
        List<Message> promises = new ArrayList<>(0);
        for (Message message : news.messages()) {
            if (Disk.isPromise(message)) {
                promises.add(message);
            } else {
                messages.add(message);
            }
        }
        for (Effects.ChunkToSend chunk : news.chunks()) {
            messages.addSnapshot(before.id(), chunk.to(), chunk.term(), chunk.snapshot());
        }
        Server after = taken.server();
        Disk disk = after.disk().then(taken.writes(), promises).release(messages::add);
        after = after.with(disk);
        servers.put(after.id(), after);
        checked(before, after);
    }

    private void checked(Server before, Server after) {
        try {
            Properties.check(before, after, servers.values(), history);
        } catch (SpecViolation e) {
            throw new SpecViolation(e.getMessage() + "\nSteps before:" + pastSteps());
        }
    }

    private static Comparison.News news(Followed node, Effects pending) {
        Comparison.News news = new Comparison.News(
                from(node.durables, pending.durables()),
                from(node.messages, pending.messages()),
                from(node.reads, pending.reads()),
                from(node.refusedReads, pending.refusedReads()),
                from(node.chunks, pending.chunksToSend()));
        node.durables = pending.durables().size();
        node.messages = pending.messages().size();
        node.reads = pending.reads().size();
        node.refusedReads = pending.refusedReads().size();
        node.chunks = pending.chunksToSend().size();
        return news;
    }

    private static <T> List<T> from(int seen, List<T> all) {
        return seen == all.size() ? List.of() : List.copyOf(all.subList(seen, all.size()));
    }

    /** All that is committed is applied, once, in order (State Machine Safety, §5.4.3). */
    @Override
    public void effectsTaken(Raft raft, Effects effects) {
        Followed node = followed.get(raft.id());
        node.durables = 0;
        node.messages = 0;
        node.reads = 0;
        node.refusedReads = 0;
        node.chunks = 0;
        if (effects.restore() != null) {
            node.applied = effects.restore().index();
        }
        for (Entry entry : effects.committed()) {
            boolean known = entry.index() <= history.committed().base().index()
                    || (history.committed().has(entry.index())
                            && entry.equals(history.committed().entry(entry.index())));
            if (entry.index() != node.applied + 1 || !known) {
                throw new SpecViolation("State Machine Safety does not hold: node " + raft.id() + " applies " + entry
                        + " after index " + node.applied + ", and what is committed is " + history.committed() + ".");
            }
            node.applied = entry.index();
        }
        if (node.applied != raft.commitIndex()) {
            throw new SpecViolation("Node " + raft.id() + " has committed up to " + raft.commitIndex()
                    + ", but was given to apply what goes up to " + node.applied + ".");
        }
    }

    // ---- disk, crash, restart

    @Override
    public void persisted(Raft raft, List<Durable> durables) {
        for (Durable durable : durables) {
            Server server = servers.get(raft.id());
            Disk disk = server.disk();
            boolean next = !disk.queue().isEmpty()
                    && disk.queue().get(0) instanceof Disk.Write write
                    && write.durable().equals(durable);
            if (!next) {
                throw new SpecViolation("Node " + raft.id() + " has made " + durable
                        + " durable, which is not what its disk was to write next. It is " + server + ", waiting "
                        + disk.queue() + ".");
            }
            onDisk(server, disk.persist().release(messages::add));
            if (durable instanceof Replica replica && replica.node() == raft.id() && replica.voter()) {
                Properties.admission(servers.get(raft.id()), history);
            }
            timesTaken.merge("Persist", 1L, Long::sum);
        }
    }

    private void onDisk(Server server, Disk disk) {
        Server after = server.with(disk);
        servers.put(server.id(), after);
        Properties.oneVotePerTerm(after, history);
        if (servers.size() == server.voters().size()
                && !disk.log().base().equals(server.disk().log().base())) {
            history.forget(servers.values());
        }
    }

    @Override
    public void started(Raft raft, Effects pending) {
        Server crashed = servers.get(raft.id());
        Log log = Comparison.logOf(raft);
        SortedMap<Integer, Replica> replicas = new TreeMap<>();
        raft.replicas().forEach(replica -> replicas.put(replica.node(), replica));
        boolean isNew = pending.durables().contains(replicas.get(raft.id()));
        Replica own = isNew ? replicas.remove(raft.id()) : replicas.get(raft.id());
        Disk found = new Disk(raft.term(), raft.votedFor(), log, replicas, List.of());
        if (crashed == null) {
            history.trust(log.base());
        } else {
            mustBeWhatWasWritten(crashed, found);
            timesTaken.merge("Crash and Restart", 1L, Long::sum);
        }
        Server server = Server.restarted(raft.id(), raft.voters(), found);
        Followed node = new Followed(raft);
        Comparison.News news = news(node, pending);
        if (isNew) {
            server = withNewDirectory(server, own, news);
        } else if (!news.durables().isEmpty() || !news.messages().isEmpty()) {
            throw new SpecViolation("Node " + raft.id() + " came up with " + found + " and " + news + ".");
        }
        Properties.logMatching(server.with(Log.of(log.base(), List.of())), server, history);
        servers.put(raft.id(), server);
        Properties.oneVotePerTerm(server, history);
        followed.put(raft.id(), node);
    }

    private Server withNewDirectory(Server server, Replica own, Comparison.News news) {
        Outcome outcome = Newcomers.newDirectory(server, own);
        if (outcome instanceof Outcome.Taken taken
                && taken.writes().equals(news.durables())
                && taken.sent().equals(news.messages())) {
            timesTaken.merge("NewDirectory", 1L, Long::sum);
            return taken.server().with(server.disk().then(taken.writes(), taken.sent()));
        }
        throw new SpecViolation(
                "Node " + server.id() + " came up as " + own + " and " + news + ", which is " + outcome + ".");
    }

    /**
     * Action LoseDisk: the node, which is not up, finds an empty disk at its next start.
     *
     * @return how many disks the node had lost before
     */
    public int diskLost(int id) {
        Server server = servers.get(id);
        int lostBefore = history.lost(id, server == null ? Disk.EMPTY : server.disk());
        if (server != null) {
            servers.put(id, Server.restarted(id, server.voters(), Disk.EMPTY));
            timesTaken.merge("LoseDisk", 1L, Long::sum);
        }
        return lostBefore;
    }

    /**
     * Action FindDisk: the node, which is not up and has an empty disk, gets back one that it lost.
     *
     * @param lostBefore what {@link #diskLost} returned
     */
    public void diskFound(int id, int lostBefore) {
        Disk disk = history.found(id, lostBefore);
        servers.put(
                id, Server.restarted(id, servers.get(id).voters(), disk.crash()).with(disk));
        timesTaken.merge("FindDisk", 1L, Long::sum);
    }

    /**
     * A crash leaves what is durable, and any number of the writes that were under way, in their order. The snapshot file may be
     * there before the log says so.
     */
    private void mustBeWhatWasWritten(Server crashed, Disk found) {
        Disk disk = crashed.disk().release(message -> {});
        while (!isWhatIsThere(disk, found)) {
            if (disk.queue().isEmpty()) {
                throw new SpecViolation("Node " + crashed.id() + " came up with " + found
                        + ", which a crash cannot have left. It was " + crashed + ", waiting "
                        + crashed.disk().queue() + ".\nSteps before:" + pastSteps());
            }
            disk = disk.persist().release(message -> {});
        }
    }

    private boolean isWhatIsThere(Disk disk, Disk found) {
        SnapshotPoint snapshot = found.log().base();
        boolean fileIsNewer = snapshot.index() > disk.log().base().index() && history.isCommitted(snapshot);
        return disk.term() == found.term()
                && disk.votedFor() == found.votedFor()
                && disk.replicas().equals(found.replicas())
                && (fileIsNewer ? disk.log().under(snapshot) : disk.log()).sameAs(found.log());
    }

    // ---- texts

    private static String describe(Raft raft) {
        StringBuilder matched = new StringBuilder();
        raft.voters().forEach(voter -> matched.append(' ').append(raft.matchIndex(voter)));
        return raft.role() + ", term " + raft.term() + ", voted for " + raft.votedFor() + ", leader " + raft.leader()
                + ", commit " + raft.commitIndex() + ", log " + Comparison.logOf(raft) + ", snapshot "
                + raft.snapshot() + (raft.isLeader() ? ", match" + matched : "");
    }

    private static String names(List<Action> actions) {
        return String.join(", ", actions.stream().map(Action::name).toList());
    }

    private String pastSteps() {
        StringBuilder text = new StringBuilder();
        past.forEach(step -> text.append("\n  ").append(step));
        return text.toString();
    }
}
