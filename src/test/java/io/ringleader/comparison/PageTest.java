package io.ringleader.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PageTest {
    @Test
    void aClusterIsHeldAgainstSyncsSideBySideAndASingleNodeIsNot() {
        Figures figures = new Figures();
        for (String name : List.of("Ringleader R=3", "Ringleader R=1")) {
            figures.add(Comparison.ONE_SET, name, 600);
            figures.add(Comparison.SYNC, name, 150);
            figures.add(Comparison.SYNC_OF_THREE, name, 300);
        }
        List<Candidate> candidates = List.of(new Ringleader(3), new Ringleader(1), new Memcached(64));
        String page = new Page(figures, candidates, List.of(), List.of(), 3, 5, false).render(List.of());
        assertThat(page.lines().filter(line -> line.startsWith("A set of one connection")))
                .containsExactly(
                        "A set of one connection takes 4.00 times as long as one fdatasync of this disk, and 2.00 times as long"
                                + " as one of three at once.",
                        "A set of one connection takes 4.00 times as long as one fdatasync of this disk.");
    }
}
