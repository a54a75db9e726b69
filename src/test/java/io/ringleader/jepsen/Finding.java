package io.ringleader.jepsen;

import java.util.Collection;
import java.util.Map;

/**
 * What one check says of a run. Immutable.
 *
 * @param name of the check
 * @param details for results.edn: texts, numbers, booleans, lists and maps
 */
record Finding(String name, Validity validity, Map<String, Object> details) {
    /** Jepsen's {@code :valid?}. Later is worse. */
    enum Validity {
        VALID("true"),
        UNKNOWN(":unknown"),
        INVALID("false");

        /** As EDN. */
        final String edn;

        Validity(String edn) {
            this.edn = edn;
        }
    }

    /** How many keys there were to judge: what a check of certain keys says is nothing if there were none. */
    static final String SUBJECTS = "keys";

    boolean hasSubjects() {
        return (Long) details.get(SUBJECTS) > 0;
    }

    static Validity of(boolean isValid) {
        return isValid ? Validity.VALID : Validity.INVALID;
    }

    /** The worst. */
    static Validity all(Collection<Finding> findings) {
        return findings.stream().map(Finding::validity).max(Validity::compareTo).orElse(Validity.UNKNOWN);
    }
}
