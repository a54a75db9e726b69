package io.ringleader.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LullTest {
    private final Lull lull = new Lull();

    @Test
    void aNodeLooksAtItsGroupsEachTimeAsLongAsAnythingIsToBeDone() {
        assertThat(lull.isLookDue(0)).isTrue();
        lull.looked(false, 0);
        assertThat(lull.isLookDue(1)).isTrue();
        assertThat(lull.lasts()).isFalse();
    }

    @Test
    void whereAllIsQuietItLooksNowAndThen() {
        lull.looked(true, 5);
        assertThat(lull.lasts()).isTrue();
        assertThat(lull.isLookDue(4 + Lull.LOOK_NANOS)).isFalse();
        assertThat(lull.isLookDue(5 + Lull.LOOK_NANOS)).isTrue();
    }

    @Test
    void whateverIsDoneToAGroupEndsIt() {
        lull.looked(true, 5);
        lull.ends();
        assertThat(lull.lasts()).isFalse();
        assertThat(lull.isLookDue(6)).isTrue();
    }
}
