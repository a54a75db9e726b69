package io.ringleader.sim.workload;

import io.ringleader.linearizability.Operation.Outcome;
import io.ringleader.sim.SimCluster;
import io.ringleader.sim.workload.Request.Form;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * One client, with one connection at a time: asks in bursts, reconnects when it has lost its connection or has had enough of it,
 * and asks some of what had an unknown outcome once more.
 */
final class Client implements Conversation.Listener {
    private static final int CONNECT_MAX_MILLIS = 60;
    private static final int LOOK_AGAIN_MILLIS = 20;
    private static final int LEAVES_ONE_IN = 60;
    private static final int RETRIES_ONE_IN = 3;
    static final String RETRIED = "workload: a command with an unknown outcome asked again";
    static final String CUT_SHORT = "workload: a command cut short by its client";

    private final MixedWorkload workload;
    private final int number;
    /** Which node it always asks; 0 if any will do. */
    private final int home;

    private final Dialect dialect;
    private final ArrayDeque<Request> again = new ArrayDeque<>();
    private Conversation conversation;
    private long answeredMillis;
    private int silent;

    Client(MixedWorkload workload, int number, int home, Dialect dialect) {
        this.workload = workload;
        this.number = number;
        this.home = home;
        this.dialect = dialect;
    }

    void begin() {
        connect();
        workload.later(1 + workload.draw().below(CONNECT_MAX_MILLIS), this::act);
    }

    private void connect() {
        SimCluster cluster = workload.cluster();
        int node = home != 0 ? home : 1 + workload.draw().below(cluster.nodes().size());
        conversation = new Conversation(dialect, this);
        silent = 0;
        cluster.connect(node, conversation);
    }

    List<Sent> outstanding() {
        return new ArrayList<>(conversation.waiting());
    }

    private void act() {
        if (workload.isStopped()) {
            return;
        }
        long pauseMillis = LOOK_AGAIN_MILLIS;
        if (conversation.isClosed()) {
            connect();
        } else if (conversation.isOpen() && workload.mayAsk()) {
            int free = workload.mix().pipelineMax() - conversation.waiting().size();
            List<Request> burst = drawBurst(free <= 0 ? 0 : workload.draw().below(free + 1));
            ask(burst);
            if (workload.draw().oneIn(LEAVES_ONE_IN)) {
                leave();
            }
            pauseMillis = workload.pauseMillis(burst.size());
        }
        workload.later(pauseMillis, this::act);
    }

    private List<Request> drawBurst(int count) {
        List<Request> burst = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Request next = again.isEmpty() ? workload.next(dialect) : again.poll();
            if (next == null) {
                continue;
            }
            boolean wasQuiet = !burst.isEmpty() && burst.get(burst.size() - 1).quiet();
            if (wasQuiet && !next.quiet()) {
                burst.add(workload.nothing(dialect));
            }
            burst.add(next);
        }
        if (!burst.isEmpty() && burst.get(burst.size() - 1).quiet()) {
            burst.add(workload.nothing(dialect));
        }
        return burst;
    }

    private void ask(List<Request> burst) {
        List<Sent> sent = new ArrayList<>();
        for (Request request : burst) {
            int[] operations = workload.journal().asks(number, request);
            sent.add(new Sent(request, operations, workload.cluster().nowMillis(), silent));
            boolean certainlyAnswered = request.form() != Form.NEVER && !request.quiet();
            silent = certainlyAnswered ? 0 : silent + 1;
            if (request.form() == Form.NEVER) {
                workload.journal().hearsNothing(request);
            }
        }
        if (!sent.isEmpty()) {
            conversation.send(sent);
        }
    }

    /** In good order or not; sometimes in the middle of a command, which must then have no effect. */
    private void leave() {
        Request last = workload.draw().oneIn(2) ? workload.next(dialect) : null;
        if (last != null && last.form() != Form.NEVER) {
            int[] operations = workload.journal().asks(number, last);
            conversation.sendBytes(last.bytes()
                    .substring(0, 1 + workload.draw().below(last.bytes().length() - 1)));
            List<Heard> heard = new ArrayList<>();
            for (int i = 0; i < operations.length; i++) {
                heard.add(Heard.NOT_APPLIED);
            }
            workload.journal().hears(last, operations, heard);
            workload.sawOf(CUT_SHORT);
        }
        if (workload.draw().oneIn(2)) {
            conversation.leave();
        } else {
            conversation.breakOff();
        }
    }

    @Override
    public void answered(Sent sent, List<Heard> heard) {
        boolean lost = conversation.isClosed();
        if (!lost) {
            workload.requireInTime(number, sent, answeredMillis);
        }
        answeredMillis = workload.cluster().nowMillis();
        Request request = sent.request();
        workload.journal().hears(request, sent.operations(), heard);
        boolean unknown = heard.stream().anyMatch(each -> each.outcome() == Outcome.UNKNOWN);
        if (unknown && !request.isFlush() && workload.draw().oneIn(RETRIES_ONE_IN)) {
            again.add(request);
            workload.sawOf(RETRIED);
        }
    }
}
