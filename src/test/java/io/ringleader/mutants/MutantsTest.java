package io.ringleader.mutants;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** Keeps the list of mutants in step with the source, without running them: that is {@link MutantGate}. */
class MutantsTest {
    @Test
    void everyMutantStillFindsTheLineItBreaks() throws IOException {
        for (Mutant mutant : Mutant.all()) {
            assertThat(mutant.mutated()).as(mutant.name()).isNotEqualTo(Files.readString(mutant.source()));
        }
    }
}
