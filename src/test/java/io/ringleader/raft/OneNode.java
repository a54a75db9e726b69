package io.ringleader.raft;

import io.ringleader.raft.Message.PreVoteReply;
import io.ringleader.raft.Message.VoteReply;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * One real node, number 1, that is sent messages by hand: what it says is collected as text (see {@link MessageText}). Its disk
 * is automatic unless told otherwise.
 */
final class OneNode implements NodeEvents {
    static final int ID = 1;

    final TestNode node;
    final List<Effects.Read> reads = new ArrayList<>();
    final List<Long> refusedReads = new ArrayList<>();
    private final List<Message> sent = new ArrayList<>();
    private long nowNanos;

    private OneNode(int voters, Settings settings) {
        node = new TestNode(ID, IntStream.rangeClosed(1, voters).boxed().toList(), settings, this);
    }

    /** A node of so many that comes up with this term, vote and log. */
    static OneNode of(int voters, long term, int votedFor, long... logTerms) {
        return of(voters, Settings.DEFAULT, term, votedFor, logTerms);
    }

    static OneNode of(int voters, Settings settings, long term, int votedFor, long... logTerms) {
        OneNode one = new OneNode(voters, settings);
        one.node.onDisk(new HardState(term, votedFor), List.of(), logTerms);
        one.node.start(0);
        return one;
    }

    /** A node that has a snapshot of so many entries of term 1, and this log after it. */
    static OneNode withSnapshot(int voters, long term, int snapshotEntries, long... logTerms) {
        OneNode one = new OneNode(voters, Settings.DEFAULT);
        long[] snapshotTerms =
                LongStream.generate(() -> 1).limit(snapshotEntries).toArray();
        one.node.onDisk(new HardState(term, HardState.NOBODY), TestNode.entries(1, snapshotTerms), logTerms);
        one.node.start(0);
        return one;
    }

    /** Comes up with an empty disk, as a node that never took part or has lost what it had. */
    static OneNode empty(int voters) {
        OneNode one = new OneNode(voters, Settings.DEFAULT);
        one.node.replaceDisk(new TestDisk());
        one.node.start(0);
        return one;
    }

    static OneNode fresh(int voters) {
        return of(voters, 0, HardState.NOBODY);
    }

    /** Leads term {@code term + 1} with the votes of all. */
    static OneNode leader(int voters, long term, long... logTerms) {
        return leader(of(voters, term, HardState.NOBODY, logTerms));
    }

    static OneNode leader(OneNode one) {
        one.campaign();
        for (int voter : one.others()) {
            one.receive(new VoteReply(voter, ID, one.raft().term(), true));
        }
        return one;
    }

    /** Its timer fires and everybody encourages it: it is a candidate, and its requests are in {@link #sent}. */
    void campaign() {
        timeout();
        sent();
        long next = raft().term() + 1;
        for (int voter : others()) {
            receive(new PreVoteReply(voter, ID, next, true));
        }
    }

    List<Integer> others() {
        return node.voters.stream().filter(voter -> voter != ID).toList();
    }

    Raft raft() {
        return node.raft();
    }

    RaftState state() {
        return node.state();
    }

    Progress progress(int voter) {
        return state().progress.get(voter);
    }

    void receive(Message message) {
        receive(message, new Replica(message.from(), 1, message.from(), true));
    }

    void receive(Message message, Replica sender) {
        node.receive(message, sender, nowNanos);
    }

    void timeout() {
        nowNanos = Math.max(nowNanos, state().electionDeadlineNanos());
        node.tick(nowNanos);
    }

    /** The clock moves and the node notices. */
    void pass(long nanos) {
        nowNanos += nanos;
        node.tick(nowNanos);
    }

    /** The clock moves and the node does not notice. */
    void advance(long nanos) {
        nowNanos += nanos;
    }

    long now() {
        return nowNanos;
    }

    void propose(String text) {
        node.propose(TestNode.payload(text));
    }

    void read(long readId) {
        node.read(readId, nowNanos);
    }

    void diskIsManual() {
        node.diskIsAutomatic(false);
    }

    /** Loses what is not durable, and comes up again. */
    void restart() {
        node.crash(0);
        sent.clear();
        node.start(nowNanos);
    }

    // ---- messages from the others, in short

    void append(int from, long term, long prevIndex, long prevTerm, long commit, long... terms) {
        receive(new Message.AppendEntries(
                from, ID, term, prevIndex, prevTerm, TestNode.entries(prevIndex + 1, terms), commit));
    }

    void matched(int from, long index) {
        receive(Message.AppendReply.matched(from, ID, raft().term(), index));
    }

    void heartbeat(int from, long term, long commit) {
        receive(new Message.Heartbeat(from, ID, term, commit, 0, false, ID));
    }

    // ---- what it did

    /** What it said since the last call. */
    List<String> sent() {
        List<String> texts = sent.stream().map(MessageText::of).toList();
        sent.clear();
        return texts;
    }

    /** As {@link #sent}, but the messages themselves. */
    List<Message> sentMessages() {
        List<Message> messages = List.copyOf(sent);
        sent.clear();
        return messages;
    }

    /** What it said to one other node since the last call; the rest is forgotten. */
    List<String> sentTo(int voter) {
        List<String> texts = sent.stream()
                .filter(message -> message.to() == voter)
                .map(MessageText::of)
                .toList();
        sent.clear();
        return texts;
    }

    /** The log as text. */
    String log() {
        RaftLog log = state().log;
        return log.lastIndex() < log.firstIndex()
                ? "[]"
                : MessageText.entries(log.between(log.firstIndex(), log.lastIndex()));
    }

    String appliedEntries() {
        return MessageText.entries(node.applied());
    }

    @Override
    public void sent(TestNode from, Message message) {
        sent.add(message);
    }

    @Override
    public void readServed(TestNode from, Effects.Read read) {
        reads.add(read);
    }

    @Override
    public void readRefused(TestNode from, long readId) {
        refusedReads.add(readId);
    }
}
