(ns jepsen.ringleader.workload.expiry
  "Items are set once, with seconds to live, and read and touched until they are gone; and then they are gone for good."
  (:require [jepsen [checker :as checker]
                    [generator :as gen]
                    [history :as h]]
            [jepsen.ringleader [access :as access]
                               [checker :as rc]]))

(def window
  "So many items are read at a time, the ones that were set last."
  30)

(defn- item [k] (str "expiring" k))

;; Values are {key {:ttl seconds, :hit? boolean}}; reads have no :ttl.
(defn- handler [ask {:keys [f value] :as op}]
  (let [[[k {:keys [ttl]}]] (seq value)
        i  (item k)
        ok (fn [hit?] (assoc op :type :ok, :value {k {:ttl ttl, :hit? hit?}}))]
    (case f
      :set   (do (ask [:set i i ttl])
                 (ok true))
      :read  (ok (some? (get (ask [:gets i]) i)))
      :touch (ok (= :touched (ask [:touch i ttl])))
      :gat   (ok (some? (get (ask [:gats ttl i]) i))))))

(defn- seconds->nanos [s] (* s 1e9))

(defn- deadlines
  "When the item may be over at the earliest, and must be at the latest, for one who looks from `from` to `to`, by those of the
  events {:from :to :ttl} that may have been the last one. :to is nil for an unknown outcome, which may come true at any time."
  [events from to]
  (let [begun  (filter #(< (:from %) to) events)
        ; what was certainly superseded before does not count
        newest (reduce max 0 (keep (fn [e] (when (and (:to e) (< (:to e) from)) (:from e))) begun))
        last?  (fn [e] (or (nil? (:to e)) (<= newest (:to e))))
        last   (filter last? begun)]
    (when (seq last)
      [(reduce min (map #(+ (:from %) (seconds->nanos (:ttl %))) last))
       (when (every? :to last)
         (reduce max (map #(+ (:to %) (seconds->nanos (:ttl %))) last)))])))

(defn judge
  "What is wrong with an answer about an item: nil, :too-early, :too-late, :back-again, or :not-set. gone is when it was first known
  to be gone, or nil."
  [events gone tolerance-nanos {:keys [from to hit?]}]
  (let [[earliest latest] (deadlines events from to)]
    (cond
      (and hit? (nil? earliest))                                  :not-set
      (and hit? gone (< gone from))                               :back-again
      (and hit? latest (< (+ latest tolerance-nanos) from))       :too-late
      ; as long as nobody has certainly set it, it may be missing
      (and (not hit?) (some #(and (:to %) (< (:to %) from)) events)
           (< to (- earliest tolerance-nanos)))                   :too-early)))

(defn- looks
  "Operations of an item that were answered, in the order of their completions, with invocation and completion times. Those of
  unknown outcome have no :to."
  [history]
  (->> history
       (filter #(#{:ok :info} (:type %)))
       (map (fn [op]
              (let [[[_ {:keys [ttl hit?]}]] (seq (:value op))]
                {:f    (:f op)
                 :from (:time (h/invocation history op))
                 :to   (when (h/ok? op) (:time op))
                 :ttl  ttl
                 :hit? hit?})))))

(defn check-item
  "Everything that is wrong with one item, and how many answers were judged."
  [tolerance-s history]
  (let [ops    (looks history)
        ; a touch that found nothing did nothing
        events (filter #(and (:ttl %) (or (nil? (:to %)) (:hit? %))) ops)
        seen   (filter #(and (:to %) (not= :set (:f %))) ops)
        judged (loop [left (sort-by :to seen), gone nil, wrong []]
                 (if-let [look (first left)]
                   (let [others  (remove #(and (= (:from %) (:from look)) (= (:to %) (:to look))) events)
                         problem (judge others gone (seconds->nanos tolerance-s) look)
                         set?    (some #(and (:to %) (< (:to %) (:from look))) events)]
                     (recur (next left)
                            (if (and set? (not (:hit? look)) (nil? gone)) (:to look) gone)
                            (if problem (conj wrong (assoc look :problem problem)) wrong)))
                   wrong))]
    {:judged (count seen), :wrong judged}))

(defn checker [tolerance-s]
  (reify checker/Checker
    (check [_ test history opts]
      (let [ks      (into (sorted-set) (comp (filter h/invoke?) (mapcat (comp keys :value))) (h/client-ops history))
            results (into (sorted-map)
                          (for [k ks]
                            [k (check-item tolerance-s
                                           (rc/project #(when (contains? (:value %) k) %) history))]))
            wrong   (into (sorted-map) (filter #(seq (:wrong (val %)))) results)]
        {:valid?      (empty? wrong)
         :tolerance-s tolerance-s
         :items       (count results)
         :judged      (reduce + (map :judged (vals results)))
         :wrong-count (count wrong)
         :wrong       (into (sorted-map) (take 10 wrong))}))))

(defn workload [opts]
  (let [newest (atom -1)
        ttl    #(inc (rand-int 4))
        old    #(max 0 (- @newest (rand-int window)))
        look   (fn [f ttl] (fn [_ _] {:f f, :value {(old) (when ttl {:ttl (ttl)})}}))
        reads  (look :read nil)]
    {:client    (access/client handler)
     :checker   (checker (cond-> (:expiry-tolerance opts)
                           ; a leader may be ahead by that, and the next one behind
                           (:own-clocks? opts) (+ (* 2 (:clock-skew-max opts)))))
     :generator (gen/mix [(fn [_ _] {:f :set, :value {(swap! newest inc) {:ttl (ttl)}}})
                          reads reads reads reads reads reads
                          (look :touch ttl)
                          (look :gat ttl)])}))
