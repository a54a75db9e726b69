package io.ringleader.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProcessTimesTest {
    @Test
    void theNameOfTheProgramMayHaveSpacesAndParentheses() {
        String stat = "12 (a) (b) S 1 12 12 0 -1 4194304 100 0 0 0 250 75 0 0 20 0 30 0 1000 1 2 3";
        ProcessTimes times = ProcessTimes.parse(stat);
        assertThat(times.userSeconds()).isEqualTo("2.500000");
        assertThat(times.systemSeconds()).isEqualTo("0.750000");
    }

    @Test
    void thisProcessHasUsedSomeTime() {
        assertThat(ProcessTimes.read().user()).isPositive();
    }
}
