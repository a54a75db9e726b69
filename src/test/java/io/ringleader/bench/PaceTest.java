package io.ringleader.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PaceTest {
    @Test
    void requestsAreDueAtEqualDistancesAtTheConnectionsInTurn() {
        Pace pace = Pace.open(2, 1000, 2000, 100);

        assertThat(pace.nextDue(999)).isEqualTo(-1);
        assertThat(pace.quietUntilNanos(999)).isEqualTo(1000);
        assertThat(pace.nextDue(1199)).isEqualTo(0);
        assertThat(pace.nextDue(1199)).isEqualTo(1);
        assertThat(pace.nextDue(1199)).isEqualTo(-1);
        assertThat(pace.quietUntilNanos(1199)).isEqualTo(1200);
        assertThat(pace.take(0, 1199)).isEqualTo(1000);
        assertThat(pace.take(0, 1199)).isEqualTo(Pace.NONE);
        assertThat(pace.take(1, 1199)).isEqualTo(1100);
    }

    @Test
    void whatAConnectionCouldNotSendKeepsTheTimeAtWhichItWasDue() {
        Pace pace = Pace.open(2, 1000, 2000, 100);

        assertThat(pace.take(1, 1950)).isEqualTo(1100);
        assertThat(pace.take(1, 1950)).isEqualTo(1300);
        assertThat(pace.take(1, 1950)).isEqualTo(1500);
        assertThat(pace.take(0, 1950)).isEqualTo(1000);
    }

    @Test
    void whatWasDueAndNeverSentIsKnownAtTheEndAndNothingIsSentAfterwards() {
        Pace pace = Pace.open(1, 1000, 1300, 100);

        assertThat(pace.take(0, 1050)).isEqualTo(1000);
        assertThat(pace.take(0, 1300)).isEqualTo(Pace.NONE);
        assertThat(pace.takeUnsent(0)).isEqualTo(1100);
        assertThat(pace.takeUnsent(0)).isEqualTo(1200);
        assertThat(pace.takeUnsent(0)).isEqualTo(Pace.NONE);
    }

    @Test
    void aClosedLoopIsDueAtOnceUntilItsCountOrItsTimeIsOver() {
        Pace pace = Pace.closed(2, 500);

        assertThat(pace.take(0, 400)).isEqualTo(400);
        assertThat(pace.take(0, 500)).isEqualTo(Pace.NONE);
        assertThat(pace.take(0, 450)).isEqualTo(450);
        assertThat(pace.take(0, 460)).isEqualTo(Pace.NONE);
    }
}
