(ns jepsen.ringleader.workload.flush
  "flush_all is a flush of each key by itself, while items are written and read. Knossos."
  (:require [jepsen.generator :as gen]
            [jepsen.ringleader.workload.items :as items]))

(def flush-interval-s 4)

(defn workload [opts]
  (let [ks (items/keys-from (:ops-per-key opts))]
    {:client    (items/client)
     :checker   (items/checker)
     :generator (gen/any (gen/stagger (/ 1 (:rate opts))
                                      (gen/mix [(items/reads ks (constantly 1))
                                                (items/writes ks)]))
                         (gen/stagger flush-interval-s (gen/repeat {:f :flush})))
     :staggered? true}))
