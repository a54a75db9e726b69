(ns jepsen.ringleader.workload.wr
  "Registers of unique values, as Elle wants them; transactions are of one operation on one key."
  (:require [jepsen.checker :as checker]
            [jepsen.ringleader [access :as access]
                               [checker :as rc]]
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

(defn- key-of [{[[_ k _]] :value}] k)

(defn- few-operations-are-valid
  "Elle calls it unknown when a history orders nothing."
  [checker]
  (reify checker/Checker
    (check [_ test history opts]
      (let [result (checker/check checker test history opts)]
        (cond-> result
          (= [:empty-transaction-graph] (:anomaly-types result)) (assoc :valid? true))))))

(defn checker
  "Each key by itself: what is linearizable for each key is as a whole. Elle 0.2.6 sees cycles of versions that are not there when
  it is shown several (0.2.7, which needs JDK 21, does not)."
  [opts]
  (rc/per-key (comp list key-of)
              (fn [k op] (when (= k (key-of op)) op))
              (few-operations-are-valid (rc/ready-for-elle (wr/checker opts)))))

(defn workload [opts]
  (let [opts {:key-count          8
              :min-txn-length     1
              :max-txn-length     1
              :max-writes-per-key (:ops-per-key opts)
              :linearizable-keys? true
              :consistency-models [:strict-serializable]}]
    {:client    (access/client handler)
     :generator (wr/gen opts)
     :checker   (checker opts)}))
