(ns jepsen.ringleader.nemesis
  "Faults, and whether they took effect: an operation of the nemesis that has none throws, which the checker `faults` finds."
  (:require [jepsen [control :as c]
                    [db :as db]
                    [generator :as gen]
                    [nemesis :as n]]
            [jepsen.nemesis.combined :as nc]
            [jepsen.ringleader [client :as client]
                               [db :as rdb]
                               [links :as links]]
            [clj-commons.slingshot :refer [throw+]]))

;; Time

(defn- pause-of
  "A while of about so many seconds."
  [interval]
  (gen/sleep (* interval (+ 0.5 (rand)))))

(defn- rhythm
  "These operations (maps or functions), over and over, each a while after the one before it was done: a node takes its time to
  start, and to be killed again at once would tell nothing."
  [interval & ops]
  (mapcat (fn [op] [(pause-of interval) (gen/once op)]) (cycle ops)))

;; Partitions

(defn- one-way
  "A minority hears nobody of the others, or is heard by nobody of them. A grudge says whom the keys do not hear."
  [some others]
  (if (zero? (rand-int 2))
    (zipmap some (repeat (set others)))
    (zipmap others (repeat (set some)))))

(def grudges
  "Functions of the test that make a grudge."
  {:partition-one     (fn [{:keys [nodes]}] (n/complete-grudge (n/split-one nodes)))
   :partition-halves  (fn [{:keys [nodes]}] (n/complete-grudge (n/bisect (shuffle nodes))))
   :partition-ring    (fn [{:keys [nodes]}] (n/majorities-ring nodes))
   :partition-bridge  (fn [{:keys [nodes]}] (n/bridge (shuffle nodes)))
   :partition-one-way (fn [{:keys [nodes]}]
                        (apply one-way (split-at (inc (rand-int (quot (count nodes) 2))) (shuffle nodes))))})

(defn- leader-grudges [db]
  [(fn [test] (n/complete-grudge (n/split-one (rand-nth (db/primaries db test)) (:nodes test))))
   (fn [test] (let [leader (rand-nth (db/primaries db test))]
                (one-way [leader] (remove #{leader} (:nodes test)))))])

(defn- verified
  "A nemesis that looks at all links after each of the operations of another one. state is an atom with the :links as they should
  be, and what the nodes have counted; (expected links op) is how they should be after an operation, which is given as it was
  completed."
  [nemesis state expected]
  (reify
    n/Reflection
    (fs [_] (n/fs nemesis))

    n/Nemesis
    (setup! [_ test]
      (let [nemesis (n/setup! nemesis test)]
        (swap! state assoc :counts (links/counts test))
        (verified nemesis state expected)))
    (invoke! [_ test op]
      (let [op'              (n/invoke! nemesis test op)
            links            (:links (swap! state update :links expected op'))
            [arrived counts] (links/verify! test links (:counts @state))]
        (swap! state assoc :counts counts)
        (assoc op' :arrived arrived)))
    (teardown! [_ test]
      (n/teardown! nemesis test))))

(defn- partition-package
  "Jepsen's package, with these functions for grudges, one after the other."
  [{:keys [interval] :as opts} state fs]
  (let [stop  {:type :info, :f :stop-partition, :value nil}
        start (fn [f] (fn [test _] {:type :info, :f :start-partition, :value (f test)}))]
    (-> (nc/partition-package (assoc opts :faults #{:partition}))
        (assoc :generator (apply rhythm interval (interleave (map start fs) (repeat stop))))
        (update :nemesis verified state
                (fn [links {:keys [f value]}]
                  (assoc links :grudge (if (= :start-partition f) (second value) {})))))))

;; Loss of packets

(defrecord Loss []
  n/Reflection
  (fs [_] #{:start-loss :stop-loss})

  n/Nemesis
  (setup! [this test]
    (links/lose! test #{} 0)
    this)
  (invoke! [_ test op]
    (let [[lossy probability] (when (= :start-loss (:f op)) (:value op))]
      (links/lose! test (set lossy) probability)
      op))
  (teardown! [_ test]
    (links/lose! test #{} 0)))

(defn- loss-package [{:keys [interval]} state]
  (let [start (fn [test _]
                {:type :info, :f :start-loss
                 :value [(vec (take 2 (shuffle (:nodes test)))) (/ (+ 10 (rand-int 40)) 100.0)]})
        stop  {:type :info, :f :stop-loss}]
    {:generator       (rhythm interval start stop)
     :final-generator (gen/once stop)
     :nemesis         (verified (Loss.) state
                                (fn [links {:keys [f value]}]
                                  (if (= :start-loss f)
                                    (assoc links :lossy (set (first value)) :probability (second value))
                                    (assoc links :lossy #{} :probability 0.0))))
     :perf            #{{:name "loss", :start #{:start-loss}, :stop #{:stop-loss}, :color "#D1E8A0"}}}))

;; Clocks

(def clock-tolerance-s
  "Of a clock that is told in whole seconds, and read a moment later."
  2)

(defn- off-by
  "By how many seconds the clock of a node differs from the one here."
  [node]
  (when-let [time (get (client/stats node) "time")]
    (- (parse-long time) (/ (System/currentTimeMillis) 1000.0))))

(defn- await-clock
  "Waits until a node that answers has that clock."
  [node offset]
  (let [deadline (+ (System/nanoTime) 10000000000)]
    (loop []
      (let [off (off-by node)]
        (cond
          (nil? off) :no-answer
          (<= (abs (- off offset)) clock-tolerance-s) off
          (< deadline (System/nanoTime)) (throw+ {:type ::no-effect, :node node, :offset offset, :off-by off})
          :else (do (Thread/sleep 200)
                    (recur)))))))

(defrecord Clock []
  n/Reflection
  (fs [_] #{:skew-clocks :reset-clocks})

  n/Nemesis
  (setup! [this _] this)
  (invoke! [_ test op]
    (let [offsets (case (:f op)
                    :skew-clocks  (:value op)
                    :reset-clocks (zipmap (:nodes test) (repeat 0)))]
      (c/on-nodes test (keys offsets) (fn [_ node] (c/su (rdb/set-clock! (offsets node)))))
      (assoc op :value offsets
                :off-by (into {} (pmap (fn [[node offset]] [node (await-clock node offset)]) offsets)))))
  (teardown! [_ _]))

(defn- clock-package [{:keys [interval skew-max]}]
  (let [skew  (fn [test _]
                (let [nodes (take (inc (rand-int (count (:nodes test)))) (shuffle (:nodes test)))]
                  {:type :info, :f :skew-clocks
                   ; far enough to be told from none
                   :value (zipmap nodes (repeatedly #(* (rand-nth [-1 1])
                                                        (+ 3 (rand-int (- skew-max 2))))))}))
        reset {:type :info, :f :reset-clocks}]
    {:generator       (rhythm interval skew skew reset)
     :final-generator (gen/once reset)
     :nemesis         (Clock.)
     :perf            #{{:name "clocks", :start #{:skew-clocks}, :stop #{:reset-clocks}, :color "#A0E9E3"}}}))

;; Polite restarts

(defrecord Restart []
  n/Reflection
  (fs [_] #{:restart})

  n/Nemesis
  (setup! [this _] this)
  (invoke! [_ test op]
    (assoc op :value (c/on-nodes test [(:value op)] rdb/restart!)
              ; as docs/operations.md wants it, where nothing else is wrong
              :ready (when (:wait? op) (rdb/await-ready test))))
  (teardown! [_ _]))

(defn- restart-package [{:keys [interval nodes alone?]}]
  {:generator (apply rhythm interval (for [node nodes] {:type :info, :f :restart, :value node, :wait? alone?}))
   :nemesis   (Restart.)
   :perf      #{{:name "restart", :fs #{:restart}, :start #{}, :stop #{}, :color "#E9A0E6"}}})

;; The end

(defrecord Recovery []
  n/Reflection
  (fs [_] #{:recover})

  n/Nemesis
  (setup! [this _] this)
  (invoke! [_ test op]
    ; what ended by itself is started, and told of
    (let [started (c/on-nodes test (partial db/start! (:db test)))]
      (rdb/await-ready test)
      (assoc op :value started)))
  (teardown! [_ _]))

(def ^:private recovery-package
  {:generator       nil
   :final-generator (gen/once {:type :info, :f :recover})
   :nemesis         (Recovery.)
   :perf            #{}})

;; All of it

(def special
  "Names that stand for several faults."
  {:none      []
   :partition (vec (sort (keys grudges)))
   :all       [:partition-one :partition-halves :partition-ring :partition-bridge :partition-one-way
               :kill :pause :loss :clock :rolling-restart :leaders]})

(def faults
  (into #{:kill :pause :loss :clock :rolling-restart :leaders} (keys grudges)))

(defn- db-package
  "Jepsen's package, for kills at some targets and pauses at others; nil is none."
  [{:keys [interval] :as opts} kills pauses]
  (let [start  (fn [f targets] (fn [_ _] {:type :info, :f f, :value (rand-nth targets)}))
        stop   (fn [f] {:type :info, :f f, :value :all})
        rhythm (fn [targets f f'] (when targets (rhythm interval (start f targets) (stop f'))))]
    (assoc (nc/db-package (assoc opts :faults (cond-> #{} kills (conj :kill) pauses (conj :pause))))
           :generator (apply gen/any (remove nil? [(rhythm kills :kill :start)
                                                   (rhythm pauses :pause :resume)])))))

(defn package
  "A nemesis, its generators, and its plots, for the faults of the options: :faults, :db, :nodes, :interval and :skew-max. One thing
  is done at a time, and what was begun ends at a time of its own, so several kinds come together; then they come faster."
  [{:keys [faults db interval] :as opts}]
  (let [faults   (set faults)
        leaders? (:leaders faults)
        cuts     (cond-> (mapv grudges (sort (filter grudges faults)))
                   leaders? (into (leader-grudges db)))
        targets  (fn [fault usual]
                   (not-empty (cond-> [] (faults fault) (into usual) leaders? (conj :primaries))))
        kills    (targets :kill [:one :minority :majority :all])
        pauses   (targets :pause [:one :minority :majority])
        kinds    (count (filter identity [(seq cuts) kills pauses (:loss faults) (:clock faults) (:rolling-restart faults)]))
        opts     (assoc opts
                        :interval (if (< 1 kinds) (/ interval 2) interval)
                        :alone? (= 1 kinds))
        state    (atom {:links links/nothing})]
    (nc/compose-packages
      (remove nil?
              [(when (seq cuts) (partition-package opts state cuts))
               (when (:loss faults) (loss-package opts state))
               (when (:clock faults) (clock-package opts))
               (when (:rolling-restart faults) (restart-package opts))
               (when (or kills pauses) (db-package opts kills pauses))
               recovery-package]))))
