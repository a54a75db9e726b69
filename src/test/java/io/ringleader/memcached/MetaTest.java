package io.ringleader.memcached;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The meta commands on a store; the expectations were checked against memcached 1.6.45 unless a test says otherwise. */
class MetaTest {
    static final List<String> FLAGS = List.of(
            "b",
            "k",
            "v",
            "q",
            "t",
            "c",
            "s",
            "f",
            "h",
            "l",
            "u",
            "x",
            "I",
            "O1",
            "O" + "o".repeat(32),
            "T30",
            "T",
            "N5",
            "R9",
            "Rx",
            "C1",
            "C",
            "E7",
            "F5",
            "F",
            "MA",
            "M-",
            "M",
            "J3",
            "D2",
            "Dx",
            "P1",
            "L1",
            "z",
            "1",
            "!",
            "noreply");

    private final StoreBehind client = new StoreBehind();

    private void expect(String line, String answer) {
        assertThat(client.line(line)).as(line).isEqualTo(answer);
    }

    /** One item, set with {@code F5 T100} and the cas id 1, is looked at once before. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "mg a|HD",
                "mg a v|VA 2;hi",
                "mg  a   v  s ;|VA 2 s2;hi",
                "mg a s v f t c|VA 2 s2 f5 t100 c1;hi",
                "mg a h l k O1 q|HD h1 l7 ka O1",
                "mg a P1 Lx k|HD ka",
                "mg YQ== b k v|VA 2 kYQ== b;hi",
                "mg YQ== k b|HD kYQ== b",
                "mg a C1 v c|HD c1",
                "mg a C2 v c|VA 2 c1;hi",
                "mg a T30 t|HD t30",
                "mg a t T30|HD t100",
                "mg a T0 t|HD t-1",
                "mg a T-1 t v|VA 2 t0;hi",
                "mg a R30|HD",
                "mg a R101 t|HD t100 W",
                "mg a T20 R30|HD W",
                "mg a R30 T20|HD",
                "mg a N30 t|HD t100",
                "mg zz|EN",
                "mg zz k O12 v t|EN kzz O12",
                "mg zz q|",
                "mg zz T30 t|EN",
                "mg zz N30 t c s v|VA 0 t30 c2 s0 W;",
                "mg zz t N30|HD t-1 W",
                "mg zz N0 t E77 c|HD t-1 c77 W",
                "mg zz N30 T60 t|HD t60 W",
                "mg zz T60 N30 t|HD t30 W",
                "mg zz N30 t T60|HD t30 W",
                "mg zz T60 t N30|HD t60 W",
                "mg a N30 t T60|HD t100",
                "mg a T60 t N30|HD t60",
                "ma zz N30 t T60|HD t30",
                "ma zz T60 t N30|HD t60",
                "mg|CLIENT_ERROR bad command line format",
                "mg a !|CLIENT_ERROR bad command line format",
                "mg a 1|CLIENT_ERROR invalid flag",
                "mg a v v|CLIENT_ERROR duplicate flag",
                "mg a Nx v v|CLIENT_ERROR duplicate flag",
                "mg a N|CLIENT_ERROR bad token in command line format",
                "mg a T30x|CLIENT_ERROR bad token in command line format",
                "mg a Rx|CLIENT_ERROR bad token in command line format",
                "mg a Cx|CLIENT_ERROR bad token in command line format",
                "mg a E-1|CLIENT_ERROR bad token in command line format",
                "mg a b|CLIENT_ERROR error decoding key",
                "mg YQ b|CLIENT_ERROR error decoding key",
                "mg a O01234567890123456789012345678901|CLIENT_ERROR opaque token too long",
                "mg a O0123456789012345678901234567890|HD O0123456789012345678901234567890",
                "mg a a1 a2 a3 a4 a5 a6 a7 a8 a9 aa ab ac ad ae af ag ah ai aj|CLIENT_ERROR options flags are too long",
                " mg a|ERROR",
                "mga|ERROR",
                "mn|MN",
                "mn foo|MN",
                "me a|ME a exp=100 la=7 cas=1 fetch=yes cls=1 size=99",
                "me YQ== b|ME YQ== exp=100 la=7 cas=1 fetch=yes cls=1 size=99",
                "me zz|EN",
                "me a= b|CLIENT_ERROR bad command line format",
                "me|CLIENT_ERROR bad command line format",
                "md a|HD",
                "md a q|",
                "md a k O1|HD ka O1",
                "md zz q k O1|NF kzz O1",
                "md a C2 q k O1|EX ka O1",
                "md a C1|HD",
                "md YQ== b k|HD kYQ== b",
                "md a T|CLIENT_ERROR bad token in command line format",
                "ma a|CLIENT_ERROR cannot increment or decrement non-numeric value",
                "ma zz|NF",
                "ma zz q O1 k|NF O1 kzz",
                "ma zz N0 J5 v c t|VA 1 c2 t-1;5",
                "ma zz N30 v t D7|VA 1 t30;0",
                "ma zz N30 q v|",
                "ma zz N-1 J8 v|VA 1;8",
                "ma zz Mx|CLIENT_ERROR invalid mode for ma M token",
                "ma zz z|CLIENT_ERROR invalid or duplicate flag",
                "ma zz v v|CLIENT_ERROR invalid or duplicate flag",
                "ma zz Dx|CLIENT_ERROR invalid or duplicate flag",
                "ma zz J|CLIENT_ERROR invalid or duplicate flag",
            })
    void aCommandWithoutAValueIsAnswered(String line, String answer) {
        client.ask("ms a 2 F5 T107\r\nhi\r\n");
        client.line("mg a");
        client.secondsUnnoticed(7);
        expect(line.replace(";", ""), answer == null ? "" : answer.replace(";", "\r\n"));
    }

    /** There are an item a with the value hi, the flags 5 and the cas id 1, and an item n with 10 and 2. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "ms zz 2 c s k O1;xy|HD c3 s2 kzz O1|mg zz v f t|VA 2 f0 t-1;xy",
                "ms a 2 T30 F7 E99 c;xy|HD c99|mg a v f t c|VA 2 f7 t30 c99;xy",
                "ms a 2 q;xy||mg a v|VA 2;xy",
                "ms YXg= 2 b k;xy|HD kYXg= b|get ax|VALUE ax 0 2;xy;END",
                "ms a 2 MS;xy|HD|mg a v f|VA 2 f0;xy",
                "ms a 2 ME q c s k O1;xy|NS c0 s2 ka O1|mg a v|VA 2;hi",
                "ms zz 2 ME C9;xy|HD|mg zz v|VA 2;xy",
                "ms a 2 MAppend s c F9 T3;xy|HD s4 c3|mg a v f t|VA 4 f5 t-1;hixy",
                "ms a 2 MP;xy|HD|mg a v|VA 4;xyhi",
                "ms zz 2 MA;xy|NS|mg zz|EN",
                "ms zz 2 MA N30 F4 T9;xy|HD|mg zz t f v|VA 2 t30 f4;xy",
                "ms zz 2 MP N0;xy|HD|mg zz t v|VA 2 t-1;xy",
                "ms zz 2 MR;xy|NS|mg zz|EN",
                "ms a 2 MR;xy|HD|mg a v|VA 2;xy",
                "ms a 2 C1;xy|HD|mg a v|VA 2;xy",
                "ms a 2 C0;xy|EX|mg a v|VA 2;hi",
                "ms a 2 C9 c q;xy|EX c0|mg a v|VA 2;hi",
                "ms zz 2 C9 q;xy|NF|mg zz|EN",
                "ms zz 2 C9 MR;xy|NF|mg zz|EN",
                "ms a 2 C9 MA;xy|EX|mg a v|VA 2;hi",
                "ms a 2 C0 MA;xy|HD|mg a v|VA 4;hixy",
                "ms a 2 C9 I;xy|EX|mg a v|VA 2;hi",
                "ms n 2 C1 I T5 c;xy|HD c3|mg n v t|VA 2 t-1 X W;xy",
                "ms n 2 C0 I;xy|EX|mg n v|VA 2;10",
                "ms n 2 C2 I;xy|HD|mg n v|VA 2;xy",
                "ms a 2 Mx;xy|CLIENT_ERROR invalid mode for ms M token|mg a v|VA 2;hi",
                "ms a 2 M;xy|CLIENT_ERROR invalid mode for ms M token|mg a v|VA 2;hi",
                "ms a 2 F;xy|CLIENT_ERROR bad command line format|mn|MN",
                "ms a 2 F4294967296;xy|CLIENT_ERROR bad command line format|mn|MN",
                "ms a 2 F-1;xy|CLIENT_ERROR bad command line format|mn|MN",
                "ms a 2 F4294967295;xy|HD|mg a f|HD f4294967295",
                "ms a 2 T;xy|CLIENT_ERROR bad token in command line format|mn|MN",
                "ms a 2 J;xy|CLIENT_ERROR invalid numeric initial value|mn|MN",
                "ms a 2 Dx;xy|CLIENT_ERROR invalid numeric delta value|mn|MN",
                "ms a 2 q noreply;xy|CLIENT_ERROR invalid flag|mn|MN",
                "ms a 2 !;xy|CLIENT_ERROR bad command line format;ERROR|mn|MN",
                "ms a S2;xy|CLIENT_ERROR bad command line format;ERROR|mn|MN",
                "ms a -1;xy|CLIENT_ERROR bad command line format;ERROR|mn|MN",
                "ms a|CLIENT_ERROR bad command line format|mn|MN",
                "ms a 2 q;xyz|CLIENT_ERROR bad data chunk;CLIENT_ERROR bad command line format|mg a v|VA 2;hi",
                "md a I|HD|mg a v c|VA 2 c3 X W;hi",
                "md a I T30 E50|HD|mg a t c|HD t30 c50 X W",
                "md a I T-1|HD|mg a|EN",
                "md a x|HD|mg a v f c t|VA 0 f0 c1 t-1;",
                "md a x T30|HD|mg a s f c t|HD s0 f0 c1 t30",
                "md a x I|HD|mg a v f c|VA 0 f0 c3 X W;",
                "md a T30|HD|mg a|EN",
                "ma n v|VA 2;11|mg n v c|VA 2 c3;11",
                "ma n D5 v MI|VA 2;15|mg n v|VA 2;15",
                "ma n D5 v M+|VA 2;15|mg n v|VA 2;15",
                "ma n D5 v MD|VA 1;5|mg n v|VA 2;5 ",
                "ma n D50 v M-|VA 1;0|mg n v|VA 2;0 ",
                "ma n D18446744073709551615 v|VA 1;9|mg n v|VA 2;9 ",
                "ma n D90 v k O1 t c|VA 3 kn O1 t-1 c3;100|mg n v|VA 3;100",
                "ma n T30 t|HD t30|mg n t|HD t30",
                "ma n t T30|HD t-1|mg n t|HD t30",
                "ma n E40 c|HD c40|mg n c|HD c40",
                "ma n C2|HD|mg n v|VA 2;11",
                "ma n C0|HD|mg n v|VA 2;11",
                "ma n C1 q|EX|mg n v|VA 2;10",
                "ma n q v||mg n v|VA 2;11",
                "ma n J1 N30 t T60|HD t-1|mg n t|HD t60",
                "ma zz N30 t T60|HD t30|mg zz t|HD t60",
                "mg zz T60 t N30|HD t60 W|mg zz t|HD t30 Z",
                "ma zz N30 J5 MD|HD|mg zz v t|VA 1 t30;5",
                "mg zz N30 t T90|HD t30 W|mg zz t|HD t90 Z",
                "mg zz N30 T90 t|HD t90 W|mg zz t|HD t90 Z",
                "mg zz T90 N30 t|HD t30 W|mg zz t|HD t30 Z",
                "mg zz T90 t N30|HD t90 W|mg zz t|HD t30 Z",
                "mg zz t N30 T90|HD t-1 W|mg zz t|HD t90 Z",
                "mg zz t T90 N30|HD t-1 W|mg zz t|HD t30 Z",
                "mg zz N30 t T0|HD t30 W|mg zz t|HD t-1 Z",
                "mg zz N0 t T90|HD t-1 W|mg zz t|HD t90 Z",
                "mg zz N30 t T-1|HD t30 W|mg zz t|EN",
                "ma zz N30 t T90|HD t30|mg zz t|HD t90",
                "ma zz T90 t N30|HD t90|mg zz t|HD t30",
                "ma zz t T90 N30|HD t-1|mg zz t|HD t30",
                "mg a N30 t T90|HD t-1|mg a t|HD t90",
                "mg a T90 t N30|HD t90|mg a t|HD t90",
                "ma n N30 t T90|HD t-1|mg n t|HD t90",
                "ma n T90 t N30|HD t90|mg n t|HD t90",
            })
    void aCommandTakesEffect(String line, String answer, String then, String thenAnswer) {
        client.ask("ms a 2 F5\r\nhi\r\nms n 2\r\n10\r\n");
        expect(line.replace(";", "\r\n"), answer == null ? "" : answer.replace(";", "\r\n"));
        expect(then, thenAnswer.replace(";", "\r\n"));
    }

    @Test
    void exactlyOneReaderOfAStaleItemWinsAndItsStoreEndsTheMatter() {
        client.ask("ms k 3 T300\r\nold\r\n");
        expect("md k I T30", "HD");
        expect("mg k v c t", "VA 3 c2 t30 X W\r\nold");
        expect("mg k v c", "VA 3 c2 Z X\r\nold");
        expect("get k", "VALUE k 0 3\r\nold\r\nEND");
        expect("ms k 3 C2\r\nnew", "HD");
        expect("mg k v", "VA 3\r\nnew");
    }

    @Test
    void aWinnerThatIsLateStoresAStaleValueOrNothing() {
        client.ask("ms k 3 T300\r\nold\r\n");
        client.line("md k I T30");
        expect("mg k c", "HD c2 X W");
        client.line("md k I T60");
        expect("ms k 3 C2\r\nnew", "EX");
        expect("ms k 3 C2 I\r\nnew", "HD");
        expect("mg k v c t", "VA 3 c4 t60 X W\r\nnew");
        expect("ms k 3 C2 I\r\nmid", "HD");
        expect("mg k v", "VA 3 Z X\r\nmid");
    }

    @Test
    void oneReaderNearTheExpiryRenewsTheItem() {
        client.ask("ms k 3 T300\r\nold\r\n");
        expect("mg k v R30", "VA 3\r\nold");
        client.seconds(271);
        expect("mg k R29 t", "HD t29");
        expect("mg k R30 t", "HD t29 W");
        expect("mg k R30", "HD Z");
        expect("mg k", "HD Z");
        client.ask("ms k 3 T300\r\nnew\r\n");
        expect("mg k R30", "HD");
        client.ask("ms forever 1\r\n1\r\n");
        expect("mg forever R3000000", "HD");
    }

    @Test
    void oneReaderOfAMissingItemFillsIt() {
        expect("mg k N30 v t", "VA 0 t30 W\r\n");
        expect("mg k N30 v t", "VA 0 t30 Z\r\n");
        expect("ms k 3\r\nnew", "HD");
        expect("mg k N30 v", "VA 3\r\nnew");
    }

    @Test
    void classicCommandsAndArithmeticSeeStaleItemsAsTheyAre() {
        client.ask("ms k 1\r\n1\r\n");
        client.line("md k I");
        expect("incr k 1", "2");
        expect("touch k 100", "TOUCHED");
        expect("ma k v", "VA 1\r\n3");
        expect("mg k v t", "VA 1 t100 X W\r\n3");
        expect("append k 0 0 1\r\n4", "STORED");
        expect("mg k v", "VA 2\r\n34");
    }

    @Test
    void readsWithoutAWinnerDoNotGoThroughTheLog() {
        client.ask("ms k 1 T100\r\n1\r\n");
        int before = client.writes;
        for (String line : List.of("mg k v", "mg k t c s h l f k O1 u", "me k", "mg k E5 C1", "mg zz v", "mn")) {
            client.line(line);
        }
        assertThat(client.writes).isEqualTo(before);
        client.line("md k I");
        client.line("mg k");
        assertThat(client.writes).isEqualTo(before + 2);
        client.line("mg k");
        client.line("me k");
        assertThat(client.writes).isEqualTo(before + 2);
    }

    @Test
    void accessesAreNoticedUnlessTheyAskNotToBe() {
        client.ask("ms k 1\r\n1\r\n");
        client.seconds(5);
        expect("mg k h l u", "HD h0 l5");
        expect("me k", "ME k exp=-1 la=5 cas=1 fetch=no cls=1 size=98");
        expect("mg k h l", "HD h0 l5");
        client.secondsUnnoticed(3);
        expect("mg k h l", "HD h1 l3");
        expect("mg k h l T0", "HD h1 l0");
        client.ask("ms k 1\r\n1\r\n");
        client.line("get k");
        expect("mg k h", "HD h1");
        client.line("md k I");
        expect("mg k h", "HD h1 X W");
        client.line("md k x");
        expect("mg k h", "HD h0");
        client.ask("ms k 2\r\n98\r\n");
        client.line("touch k 0");
        expect("incr k 1", "99");
        expect("mg k h", "HD h1");
        expect("incr k 1", "100");
        expect("mg k h", "HD h0");
    }

    @Test
    void aRefusedWriteChangesNothing() {
        client.ask("ms k 1\r\n1\r\n");
        expect("ms k 1001 q\r\n" + "x".repeat(1001), "SERVER_ERROR object too large for cache");
        // memcached deletes the old value here
        expect("mg k v", "VA 1\r\n1");
        expect("ms k 1000 MA c s\r\n" + "x".repeat(1000), "NS c0 s1000");
        client.limit(150);
        expect("ms k 100 q\r\n" + "x".repeat(100), "SERVER_ERROR out of memory storing object");
        expect("mg zz N0", "SERVER_ERROR out of memory");
        expect("ma zz N0 J1 q", "SERVER_ERROR out of memory");
        expect("mg k v c", "VA 1 c1\r\n1");
    }

    @Test
    void aLineThatIsTooLongOrAKeyThatIsSwallowsItsValue() {
        String key = "k".repeat(251);
        expect("ms " + key + " 2\r\nhi", "CLIENT_ERROR bad command line format");
        expect("mg " + key, "CLIENT_ERROR bad command line format");
        expect("ma " + key, "CLIENT_ERROR invalid or duplicate flag");
        expect("ms k 2 " + "k ".repeat(18) + "\r\nhi", "CLIENT_ERROR options flags are too long");
        expect("ms k 2 O" + "o".repeat(32) + "\r\nhi", "CLIENT_ERROR opaque token too long");
        expect("ms k 2 L" + "l".repeat(2100) + "\r\nhi", "CLIENT_ERROR bad command line format");
        expect("mg k", "EN");
    }

    @Test
    void keysInBase64AreAnyBytes() {
        expect("ms AAoN/yA= 2 b k\r\nhi", "HD kAAoN/yA= b");
        expect("mg AAoN/yA= b k v", "VA 2 kAAoN/yA= b\r\nhi");
        expect("md AAoN/yA= b", "HD");
        expect("mg AAoN/yA= k b", "EN kAAoN/yA= b");
    }

    @Test
    void quietCommandsInAPipelineEndWithMn() {
        assertThat(client.ask("ms a 1 q\r\n1\r\nms b 1 q ME\r\n2\r\nms b 1 q ME O9\r\n3\r\nmg a q v\r\nmg zz q v\r\n"
                        + "ma a q\r\nmd zz q\r\nmd a q\r\nset c 0 0 1\r\n1\r\nmn\r\n"))
                .isEqualTo("NS O9\r\nVA 1\r\n1\r\nNF\r\nSTORED\r\nMN\r\n");
    }
}
