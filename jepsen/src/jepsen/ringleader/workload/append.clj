(ns jepsen.ringleader.workload.append
  "Short lists that grow by append, as Elle wants them; transactions are of one operation on one key."
  (:require [jepsen.ringleader [access :as access]
                               [checker :as rc]]
            [jepsen.ringleader.workload.set :as set]
            [jepsen.tests.cycle.append :as append]))

(defn- item [k] (str "list" k))

(defn- handler [ask op]
  (let [[[f k v]] (:value op)]
    (assoc op :type :ok
              :value (case f
                       :append (do (set/append! ask (item k) v)
                                   (:value op))
                       :r      (let [[_ found] (get (ask [:gets (item k)]) (item k))]
                                 [[:r k (not-empty (set/elements found))]])))))

(defn workload [opts]
  (-> (append/test {:key-count          8
                    :min-txn-length     1
                    :max-txn-length     1
                    :max-writes-per-key (:ops-per-key opts)
                    :consistency-models [:strict-serializable]})
      (update :checker rc/ready-for-elle)
      (assoc :client (access/client handler))))
