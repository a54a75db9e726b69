(ns jepsen.ringleader.workload.multi-read
  "One gets of two to five keys is a read of each of them by itself, at any moments of its time. Knossos."
  (:require [jepsen.generator :as gen]
            [jepsen.ringleader.workload.items :as items]))

(defn workload [opts]
  (let [ks     (items/keys-from (:ops-per-key opts))
        writes (items/writes ks)]
    {:client    (items/client)
     :checker   (items/checker)
     :generator (gen/mix [(items/reads ks #(+ 2 (rand-int 4)))
                          writes
                          writes])}))
