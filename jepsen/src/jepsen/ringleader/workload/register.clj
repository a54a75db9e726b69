(ns jepsen.ringleader.workload.register
  "Reads, writes, cas with the id of an earlier read, and deletes, on keys that live for few operations each. Knossos."
  (:require [jepsen [checker :as checker]
                    [generator :as gen]
                    [independent :as independent]]
            [jepsen.checker.timeline :as timeline]
            [jepsen.ringleader [access :as access]
                               [checker :as rc]
                               [model :as model]]))

(defn- item [k] (str "register" k))

(defn- handler
  "seen is an atom with the newest [id value] that was read of each key."
  [seen]
  (fn [ask {:keys [f value] :as op}]
    (let [[k v] value
          ok    (fn [v] (assoc op :type :ok, :value (independent/tuple k v)))
          fail  (fn [error] (assoc op :type :fail, :error error))]
      (case f
        :read   (let [found (get (ask [:gets (item k)]) (item k))]
                  (if found
                    (swap! seen assoc k found)
                    (swap! seen dissoc k))
                  (ok (or found [:absent :absent])))
        :write  (do (ask [:set (item k) (second v)])
                    (ok v))
        :cas    (let [[[id _] new-value] v
                      answer (ask [:cas (item k) new-value id])]
                  (if (= :stored answer)
                    (ok v)
                    (fail answer)))
        :delete (ok (ask [:delete (item k)]))))))

(defn- operations
  "For one key. A value is written once."
  [seen k]
  (let [count  (atom 0)
        value  #(str "v" (swap! count inc))
        read   {:f :read}
        write  (fn [_ _] {:f :write, :value [nil (value)]})
        cas    (fn [_ _]
                 (if-let [found (get @seen k)]
                   {:f :cas, :value [found (value)]}
                   read))
        delete {:f :delete}]
    (gen/mix (concat (repeat 7 (gen/repeat read))
                     (repeat 5 write)
                     (repeat 7 cas)
                     [(gen/repeat delete)]))))

(defn workload [opts]
  (let [seen (atom {})]
    {:client    (access/client (handler seen))
     :checker   (independent/checker
                  (checker/compose
                    {:linear   (checker/linearizable {:model model/register, :algorithm :competition})
                     :cas-ids  (rc/cas-ids)
                     :timeline (timeline/html)}))
     :generator (independent/concurrent-generator
                  (count (:nodes opts))
                  (range)
                  (fn [k]
                    (->> (operations seen k)
                         (gen/limit (:ops-per-key opts))
                         (gen/process-limit 15))))}))
