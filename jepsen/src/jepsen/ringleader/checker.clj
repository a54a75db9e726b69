(ns jepsen.ringleader.checker
  "Checkers that Jepsen does not have."
  (:require [dom-top.core :refer [bounded-pmap]]
            [jepsen [checker :as checker]
                    [history :as h]]))

(def worth-judging
  "A function that was called so often must have succeeded once."
  20)

(defn stats
  "Like Jepsen's, but a function that was hardly ever called need not have succeeded."
  []
  (reify checker/Checker
    (check [_ test history opts]
      (let [stats (checker/check (checker/stats) test history opts)]
        (assoc stats :valid? (and (pos? (:ok-count stats))
                                  (every? (fn [{:keys [ok-count count]}]
                                            (or (pos? ok-count) (< count worth-judging)))
                                          (vals (:by-f stats)))))))))

(defn answers
  "Nodes answer nothing that they should not, and clients do not throw."
  []
  (reify checker/Checker
    (check [_ test history opts]
      (let [bad (->> (h/client-ops history)
                     (filter (fn [op]
                               (or (:exception op)
                                   (and (vector? (:error op)) (= :strange (first (:error op))))))))]
        {:valid? (empty? bad)
         :count  (count bad)
         :first  (take 10 bad)}))))

(defn- ended-by-itself?
  "Whether the nemesis met a node that it had not killed, and that did not run."
  [op]
  (some #{:ended-by-itself} (tree-seq coll? seq (:value op))))

(defn faults
  "Every fault took effect, which the nemesis has looked for, and there was one, if some are expected; and no node ended without
  one."
  [expected?]
  (reify checker/Checker
    (check [_ test history opts]
      (let [ops    (->> history
                        (filter #(= :nemesis (:process %)))
                        ; what the nemesis did, and not what it was told to do
                        (partition-all 2)
                        (map last))
            failed (filter #(or (:exception %) (:error %) (ended-by-itself? %)) ops)]
        {:valid? (cond (seq failed)                      false
                       (and expected? (empty? ops))      :unknown
                       :else                             true)
         :counts (into (sorted-map) (frequencies (map :f ops)))
         :failed (take 10 failed)}))))

(defn project
  "The history of one key: (f op) is the op as far as it concerns the key, or nil. An operation whose invocation concerns it does
  so as a whole."
  [f history]
  (->> (h/client-ops history)
       (keep f)
       ; of the same indices as before, so that completions find their invocations
       vec
       h/sparse-history))

(defn per-key
  "Splits the history by (keys-of op) and (project key op), see project, and has each part checked. Unlike jepsen.independent,
  an operation may concern several keys."
  [keys-of projection checker]
  (reify checker/Checker
    (check [_ test history opts]
      (let [ks      (into (sorted-set) (comp (filter h/invoke?) (mapcat keys-of)) (h/client-ops history))
            results (->> ks
                         (bounded-pmap
                           (fn [k]
                             [k (checker/check-safe
                                  checker test (project (partial projection k) history)
                                  (update opts :subdirectory (fnil conj []) (str "key-" k)))]))
                         (into (sorted-map)))]
        {:valid?   (checker/merge-valid (map :valid? (vals results)))
         :count    (count results)
         :failures (into (sorted-map) (remove (comp true? :valid? val)) results)}))))

(defn ready-for-elle
  "Gives Elle a history with dense indices, whose completions are known. Elle 0.2.6 may wait for itself forever while it computes
  them."
  [checker]
  (reify checker/Checker
    (check [_ test history opts]
      (let [ops     (vec (map-indexed (fn [i op] (assoc op :index i)) (h/client-ops history)))
            history (h/ensure-pair-index (h/dense-history ops))]
        (checker/check checker test history opts)))))

(defn bounds
  "A counter is never below what was certainly counted before it was seen, nor above what may have been by then. Operations are
  {:f :read, :value [value]} and {:f :add, :value [delta result]}."
  [start]
  (reify checker/Checker
    (check [_ test history opts]
      (let [history (h/client-ops history)
            failed  (into #{} (comp (filter h/fail?) (map #(:index (h/invocation history %)))) history)
            ; sums of positive and negative deltas
            add     (fn [sums delta] (update sums (if (neg? delta) :neg :pos) + delta))
            wrong   (loop [ops history, begun {:pos 0, :neg 0}, done {:pos 0, :neg 0}, before {}, wrong []]
                      (if-let [op (first ops)]
                        (let [adds? (= :add (:f op))
                              delta (if adds? (first (:value op)) 0)]
                          (cond
                            (and (h/invoke? op) (failed (:index op)))
                            (recur (next ops) begun done before wrong)

                            (h/invoke? op)
                            (recur (next ops) (add begun delta) done (assoc before (:process op) done) wrong)

                            (h/ok? op)
                            (let [{:keys [pos neg]} (add (before (:process op)) delta)
                                  low  (+ start pos (:neg begun))
                                  high (+ start neg (:pos begun))
                                  seen (if adds? (second (:value op)) (first (:value op)))]
                              (recur (next ops) begun (add done delta) (dissoc before (:process op))
                                     (if (<= low seen high) wrong (conj wrong {:op op, :low low, :high high}))))

                            :else
                            (recur (next ops) begun done before wrong)))
                        wrong))]
        {:valid? (empty? wrong)
         :count  (count wrong)
         :first  (take 10 wrong)}))))

(defn cas-ids
  "One cas id never stands for two values of a key. Reads are {:f :read, :value [id value]}."
  []
  (reify checker/Checker
    (check [_ test history opts]
      (let [values (->> (h/client-ops history)
                        (filter #(and (h/ok? %) (= :read (:f %))))
                        (map :value)
                        (remove #(= :absent (second %)))
                        (reduce (fn [m [id v]] (update m id (fnil conj #{}) v)) {}))
            twice  (into {} (filter #(< 1 (count (val %)))) values)]
        {:valid? (empty? twice)
         :twice  twice}))))
