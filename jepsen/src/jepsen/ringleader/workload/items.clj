(ns jepsen.ringleader.workload.items
  "What the workloads of several keys have in common: a window of keys that moves on, so that each has few operations; and the
  projection of operations on each of their keys. Values of operations are

    :read    {key [id value]}, or {key nil} when invoked
    :write   {key value}
    :flush   nil; concerns every key"
  (:require [jepsen.checker :as checker]
            [jepsen.ringleader [access :as access]
                               [checker :as rc]
                               [model :as model]]))

(def window 6)

(defn- item [k] (str "item" k))

(defn handler [ask {:keys [f value] :as op}]
  (case f
    :read  (let [found (ask (into [:gets] (map item) (keys value)))]
             (assoc op :type :ok
                       :value (into {} (for [k (keys value)] [k (get found (item k) [:absent :absent])]))))
    :write (let [[[k v]] (seq value)]
             (ask [:set (item k) v])
             (assoc op :type :ok))
    :flush (do (ask [:flush-all])
               (assoc op :type :ok))))

(defn keys-from
  "A function for keys: n random ones of the window, which moves on by one so many calls later that a key has enough operations."
  [ops-per-key]
  (let [calls (atom 0)]
    (fn [n]
      (let [first-key (quot (swap! calls inc) (quot ops-per-key 2))]
        (take n (shuffle (range first-key (+ first-key window))))))))

(defn reads [keys-of n]
  (fn [_ _] {:f :read, :value (zipmap (keys-of (n)) (repeat nil))}))

(defn writes
  "Of values that nobody else writes."
  [keys-of]
  (let [count (atom 0)]
    (fn [_ _] {:f :write, :value {(first (keys-of 1)) (str "v" (swap! count inc))}})))

(defn project
  "An operation as far as it concerns a key, for the register model; nil if it does not."
  [k {:keys [f value] :as op}]
  (case f
    :flush op
    (when (contains? value k)
      (let [v (get value k)]
        (assoc op :value (if (= :write f) [nil v] v))))))

(defn checker
  "Each key is linearizable."
  []
  (rc/per-key (comp keys :value)
              project
              (checker/compose
                {:linear  (checker/linearizable {:model model/register, :algorithm :competition})
                 :cas-ids (rc/cas-ids)})))

(defn client [] (access/client handler))
