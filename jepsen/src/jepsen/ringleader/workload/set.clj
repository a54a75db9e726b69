(ns jepsen.ringleader.workload.set
  "Unique elements are appended to values that grow for the whole test, and every read has to have all that were acknowledged."
  (:require [jepsen [checker :as checker]
                    [generator :as gen]
                    [independent :as independent]]
            [jepsen.ringleader.access :as access]))

(def sets (range 3))

(defn- item [k] (str "set" k))

(defn elements
  "Of a value, as numbers."
  [value]
  (mapv parse-long (re-seq #"\d+" (or value ""))))

(defn append!
  "Appends to an item, which is made if it is not there."
  [ask item element]
  (let [append #(ask [:append item (str element " ")])]
    (when (= :not-stored (append))
      (access/create! ask item "")
      (append))))

(defn- handler [ask {:keys [f value] :as op}]
  (let [[k v] value]
    (case f
      :add  (do (append! ask (item k) v)
                (assoc op :type :ok))
      :read (let [[_ found] (get (ask [:gets (item k)]) (item k))]
              (assoc op :type :ok, :value (independent/tuple k (elements found)))))))

(defn workload [opts]
  (let [reads (fn [] (for [k sets] {:f :read, :value (independent/tuple k nil)}))]
    {:client          (access/client handler)
     :checker         (independent/checker (checker/set-full {:linearizable? true}))
     :generator       (gen/mix [(map (fn [x] {:f :add, :value (independent/tuple (rand-nth sets) x)}) (range))
                                (gen/cycle (reads))])
     ; all nodes, in all three habits
     :final-generator (gen/each-thread (reads))}))
