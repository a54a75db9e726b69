package io.ringleader.node;

import io.ringleader.memcached.Reply;
import io.ringleader.store.Result;
import java.util.function.BiConsumer;

/** What the clients of this node have asked and got, under the names that memcached's tools know. Owned by the client loop. */
final class ClientStats implements ReplyQueue.Observer {
    private long cmdGet;
    private long cmdSet;
    private long cmdFlush;
    private long cmdTouch;
    private long cmdMeta;
    private long getHits;
    private long getMisses;
    private long deleteHits;
    private long deleteMisses;
    private long incrHits;
    private long incrMisses;
    private long decrHits;
    private long decrMisses;
    private long casHits;
    private long casMisses;
    private long casBadval;
    private long touchHits;
    private long touchMisses;
    private long authCmds;
    private long authErrors;
    private long failedCommands;

    @Override
    public void onReply(Reply reply, byte code) {
        cmdMeta += reply.isMeta() ? 1 : 0;
        boolean found = code == Result.VALUE || code == Result.ITEM;
        switch (reply.operation()) {
            case GET, GETS -> {
                cmdGet++;
                countHit(found);
            }
            case GAT, GATS -> {
                cmdGet++;
                cmdTouch++;
                countHit(found);
                countTouch(found);
            }
            case SET, ADD, REPLACE, APPEND, PREPEND -> cmdSet++;
            case CAS -> {
                cmdSet++;
                casHits += code == Result.STORED || code == Result.ITEM ? 1 : 0;
                casMisses += code == Result.NOT_FOUND ? 1 : 0;
                casBadval += code == Result.EXISTS ? 1 : 0;
            }
            case DELETE -> {
                deleteHits += code == Result.DELETED ? 1 : 0;
                deleteMisses += code == Result.NOT_FOUND ? 1 : 0;
            }
            case INCR -> {
                incrHits += code == Result.NUMBER || code == Result.ITEM ? 1 : 0;
                incrMisses += code == Result.NOT_FOUND ? 1 : 0;
            }
            case DECR -> {
                decrHits += code == Result.NUMBER || code == Result.ITEM ? 1 : 0;
                decrMisses += code == Result.NOT_FOUND ? 1 : 0;
            }
            case TOUCH -> {
                cmdTouch++;
                countTouch(code == Result.TOUCHED || code == Result.ITEM);
            }
            case FLUSH_ALL -> cmdFlush++;
            case INSPECT -> {}
        }
    }

    private void countHit(boolean hit) {
        if (hit) {
            getHits++;
        } else {
            getMisses++;
        }
    }

    private void countTouch(boolean hit) {
        if (hit) {
            touchHits++;
        } else {
            touchMisses++;
        }
    }

    /** A command was answered with SERVER_ERROR because its partition could not be served in time. */
    void onFailure() {
        failedCommands++;
    }

    void onLogin(boolean accepted) {
        authCmds++;
        authErrors += accepted ? 0 : 1;
    }

    void reset() {
        authCmds = 0;
        authErrors = 0;
        cmdGet = 0;
        cmdSet = 0;
        cmdFlush = 0;
        cmdTouch = 0;
        cmdMeta = 0;
        getHits = 0;
        getMisses = 0;
        deleteHits = 0;
        deleteMisses = 0;
        incrHits = 0;
        incrMisses = 0;
        decrHits = 0;
        decrMisses = 0;
        casHits = 0;
        casMisses = 0;
        casBadval = 0;
        touchHits = 0;
        touchMisses = 0;
        failedCommands = 0;
    }

    void report(BiConsumer<String, Long> stat) {
        stat.accept("cmd_get", cmdGet);
        stat.accept("cmd_set", cmdSet);
        stat.accept("cmd_flush", cmdFlush);
        stat.accept("cmd_touch", cmdTouch);
        stat.accept("cmd_meta", cmdMeta);
        stat.accept("get_hits", getHits);
        stat.accept("get_misses", getMisses);
        stat.accept("delete_misses", deleteMisses);
        stat.accept("delete_hits", deleteHits);
        stat.accept("incr_misses", incrMisses);
        stat.accept("incr_hits", incrHits);
        stat.accept("decr_misses", decrMisses);
        stat.accept("decr_hits", decrHits);
        stat.accept("cas_misses", casMisses);
        stat.accept("cas_hits", casHits);
        stat.accept("cas_badval", casBadval);
        stat.accept("touch_hits", touchHits);
        stat.accept("touch_misses", touchMisses);
        stat.accept("auth_cmds", authCmds);
        stat.accept("auth_errors", authErrors);
        stat.accept("failed_commands", failedCommands);
    }
}
