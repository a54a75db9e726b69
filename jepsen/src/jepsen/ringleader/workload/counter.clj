(ns jepsen.ringleader.workload.counter
  "incr and decr by different numbers, and reads. The answers of incr and decr count as reads. Knossos, and bounds."
  (:require [clojure.string :as str]
            [jepsen [checker :as checker]
                    [generator :as gen]
                    [independent :as independent]]
            [jepsen.ringleader [access :as access]
                               [checker :as rc]
                               [model :as model]]))

(def start
  "Far from a power of ten, since decr pads a number that gets shorter. A counter that is not there counts as this."
  5000000)

(defn- item [k] (str "counter" k))

(defn- add! [ask k delta]
  (ask [(if (neg? delta) :decr :incr) (item k) (abs delta)]))

(defn- handler [ask {:keys [f value] :as op}]
  (let [[k [x]] value
        ok      (fn [v] (assoc op :type :ok, :value (independent/tuple k v)))]
    (case f
      :read (let [[_ found] (get (ask [:gets (item k)]) (item k))]
              (ok [(if found (parse-long (str/trim found)) start)]))
      :add  (let [answer (add! ask k x)]
              (if (= :not-found answer)
                (do (access/create! ask (item k) (str start))
                    (ok [x (add! ask k x)]))
                (ok [x answer]))))))

(defn- add [_ _]
  {:f :add, :value [(* (rand-nth [1 -1]) (inc (rand-int 7))) nil]})

(defn workload [opts]
  {:client    (access/client handler)
   :checker   (independent/checker
                (checker/compose
                  {:linear (checker/linearizable {:model (model/counter start), :algorithm :competition})
                   :bounds (rc/bounds start)}))
   :generator (independent/concurrent-generator
                (count (:nodes opts))
                (range)
                (fn [_]
                  (->> (gen/mix [add (gen/repeat {:f :read, :value [nil]})])
                       (gen/limit (:ops-per-key opts))
                       (gen/process-limit 15))))})
