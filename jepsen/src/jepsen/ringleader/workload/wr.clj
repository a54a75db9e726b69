(ns jepsen.ringleader.workload.wr
  "Registers of unique values, as Elle wants them; transactions are of one operation on one key."
  (:require [jepsen.ringleader [access :as access]]
            [jepsen.tests.cycle.wr :as wr]))

(defn- item [k] (str "wr" k))

(defn- handler [ask op]
  (let [[[f k v]] (:value op)]
    (assoc op :type :ok
              :value (case f
                       :w (do (ask [:set (item k) (str v)])
                              (:value op))
                       :r (let [[_ found] (get (ask [:gets (item k)]) (item k))]
                            [[:r k (some-> found parse-long)]])))))

(defn workload [opts]
  (-> (wr/test {:key-count          8
                :min-txn-length     1
                :max-txn-length     1
                :max-writes-per-key (:ops-per-key opts)
                :linearizable-keys? true
                :consistency-models [:strict-serializable]})
      (assoc :client (access/client handler))))
