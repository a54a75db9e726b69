(ns jepsen.ringleader.checker-test
  "Each checker sees what is wrong, and nothing in what is right."
  (:require [clojure.test :refer [deftest is testing]]
            [jepsen [checker :as checker]
                    [history :as h]
                    [store :as store]]
            [jepsen.ringleader [checker :as rc]
                               [links :as links]
                               [model :as model]]
            [jepsen.ringleader.workload [expiry :as expiry]
                                        [items :as items]
                                        [wr :as wr]])
  (:import (java.io File)))

(defn- history
  "Of [process type f value] or [process type f value time], times in seconds."
  [& ops]
  (h/history (map-indexed (fn [i [process type f value time]]
                            {:index i, :time (long (* 1e9 (or time i))), :process process, :type type, :f f, :value value})
                          ops)))

(defn- valid? [checker history]
  (:valid? (checker/check-safe checker {:name "test"} history {})))

(defn- linearizable? [model history]
  (:valid? ((requiring-resolve 'knossos.wgl/analysis) model history)))

(deftest a-miss-is-a-value
  (is (linearizable? model/register (history [0 :invoke :read nil] [0 :ok :read [:absent :absent]])))
  (testing "after a write nobody may miss it"
    (is (not (linearizable? model/register
                            (history [0 :invoke :write [nil "a"]] [0 :ok :write [nil "a"]]
                                     [0 :invoke :read nil] [0 :ok :read [:absent :absent]]))))))

(deftest a-stale-read-is-not-linearizable
  (is (not (linearizable? model/register
                          (history [0 :invoke :write [nil "a"]] [0 :ok :write [nil "a"]]
                                   [0 :invoke :write [nil "b"]] [0 :ok :write [nil "b"]]
                                   [1 :invoke :read nil] [1 :ok :read [3 "a"]])))))

(deftest a-write-of-unknown-outcome-may-come-true-later
  (is (linearizable? model/register
                     (history [0 :invoke :write [nil "a"]] [0 :info :write [nil "a"]]
                              [1 :invoke :read nil] [1 :ok :read [:absent :absent]]
                              [1 :invoke :read nil] [1 :ok :read [3 "a"]]))))

(deftest cas-needs-the-item-that-was-read
  (let [read  [[0 :invoke :write [nil "a"]] [0 :ok :write [nil "a"]] [0 :invoke :read nil] [0 :ok :read [3 "a"]]]
        cas   [[0 :invoke :cas [[3 "a"] "b"]] [0 :ok :cas [[3 "a"] "b"]]]
        write [[0 :invoke :write [nil "c"]] [0 :ok :write [nil "c"]]]]
    (is (linearizable? model/register (apply history (concat read cas))))
    (is (not (linearizable? model/register (apply history (concat read write cas)))))))

(deftest a-counter-is-what-was-added
  (let [h #(history [0 :invoke :add [3 nil]] [0 :ok :add [3 103]]
                    [1 :invoke :add [-1 nil]] [1 :info :add [-1 nil]]
                    [0 :invoke :read [nil]] [0 :ok :read [%]])]
    (doseq [[value valid] {103 true, 102 true, 104 false, 101 false, 100 false}]
      (is (= valid (linearizable? (model/counter 100) (h value))) value)
      (is (= valid (valid? (rc/bounds 100) (h value))) value))))

(deftest an-addition-answers-what-it-made
  (doseq [[result valid] {103 true, 104 false}]
    (is (= valid (linearizable? (model/counter 100)
                                (history [0 :invoke :add [3 nil]] [0 :ok :add [3 result]])))
        result)))

(deftest what-failed-does-not-count
  (is (not (valid? (rc/bounds 100) (history [0 :invoke :add [3 nil]] [0 :fail :add [3 nil]]
                                            [0 :invoke :read [nil]] [0 :ok :read [103]])))))

(deftest a-cas-id-stands-for-one-value
  (is (valid? (rc/cas-ids) (history [0 :invoke :read nil] [0 :ok :read [1 "a"]]
                                    [0 :invoke :read nil] [0 :ok :read [:absent :absent]])))
  (is (not (valid? (rc/cas-ids) (history [0 :invoke :read nil] [0 :ok :read [1 "a"]]
                                         [0 :invoke :read nil] [0 :ok :read [1 "b"]])))))

(defn- per-key [history]
  (valid? (rc/per-key (comp keys :value) items/project
                      (reify checker/Checker
                        (check [_ _ history _] {:valid? (linearizable? model/register history)})))
          history))

(deftest a-read-of-several-keys-is-one-of-each
  (let [h #(history [0 :invoke :write {1 "a"}] [0 :ok :write {1 "a"}]
                    [1 :invoke :write {2 "b"}] [1 :ok :write {2 "b"}]
                    [0 :invoke :read {1 nil, 2 nil}] [0 :ok :read {1 %1, 2 %2}])]
    (is (per-key (h [5 "a"] [6 "b"])))
    (is (not (per-key (h [5 "a"] [:absent :absent]))))
    (is (not (per-key (h [:absent :absent] [6 "b"]))))))

(deftest a-flush-concerns-every-key
  (let [h #(history [0 :invoke :write {1 "a"}] [0 :ok :write {1 "a"}]
                    [1 :invoke :flush nil] [1 %1 :flush nil]
                    [0 :invoke :read {1 nil}] [0 :ok :read {1 %2}])]
    (is (per-key (h :ok [:absent :absent])))
    (is (not (per-key (h :ok [5 "a"]))))
    (is (per-key (h :info [5 "a"])))))

(deftest a-fault-without-effect-is-not-valid
  (let [h #(history [:nemesis :info :kill :one] (into [:nemesis :info :kill] %))]
    (is (valid? (rc/faults true) (h [{"n1" :ended}])))
    (is (not (valid? (rc/faults true) (h [{"n1" :ended, "n2" :ended-by-itself}]))))
    (is (= :unknown (valid? (rc/faults true) (history))))
    (is (valid? (rc/faults false) (history)))
    (is (not (valid? (rc/faults true)
                     (h/history [{:index 0, :time 0, :process :nemesis, :type :info, :f :kill}
                                 {:index 1, :time 1, :process :nemesis, :type :info, :f :kill, :exception {:via []}}]))))))

(deftest an-answer-that-no-node-should-give-is-not-valid
  (let [h #(h/history [{:index 0, :time 0, :process 0, :type :invoke, :f :read}
                       {:index 1, :time 1, :process 0, :type :info, :f :read, :error [% "ERROR"]}])]
    (is (valid? (rc/answers) (h :unknown)))
    (is (not (valid? (rc/answers) (h :strange))))))

(defn- expiry
  "An item set with 2 s to live from 0 to 0.1 s, and then these."
  [& ops]
  (valid? (expiry/checker 0.5)
          (apply history
                 [0 :invoke :set {1 {:ttl 2}} 0] [0 :ok :set {1 {:ttl 2, :hit? true}} 0.1]
                 (mapcat (fn [[f ttl hit? from to]]
                           [[0 :invoke f {1 {:ttl ttl}} from] [0 :ok f {1 {:ttl ttl, :hit? hit?}} to]])
                         ops))))

(deftest an-item-lives-as-long-as-it-should
  (is (expiry [:read nil true 1 1.1]))
  (is (not (expiry [:read nil false 1 1.1])) "gone too early")
  (is (expiry [:read nil false 3 3.1]))
  (is (not (expiry [:read nil true 3 3.1])) "there too late")
  (is (expiry [:read nil true 2.2 2.3]) "within the tolerance"))

(deftest a-touch-gives-it-other-seconds
  (is (expiry [:touch 4 true 1 1.1] [:read nil true 4 4.1]))
  (is (not (expiry [:touch 4 true 1 1.1] [:read nil false 4 4.1])))
  (is (not (expiry [:touch 4 false 2.3 2.4] [:read nil true 4 4.1])))
  (is (not (expiry [:gat 1 true 0.5 0.6] [:read nil true 2.2 2.3])) "also fewer"))

(deftest what-is-gone-does-not-come-back
  (is (not (expiry [:read nil false 2.1 2.2] [:read nil true 2.3 2.4]))))

(deftest packets-arrive-as-the-links-say
  (let [packets (links/packets-of ["a" "b" "c"] false)
        cut     (assoc links/nothing :grudge {"a" #{"b"}})]
    (is (= {"a" 1, "b" 2, "c" 4} packets))
    (is (links/plausible? links/nothing packets "a" 6))
    (is (links/plausible? cut packets "a" 4))
    (is (not (links/plausible? cut packets "a" 6)))
    (is (not (links/plausible? cut packets "a" 0)))
    (is (links/plausible? cut packets "b" 5) "one way"))
  (let [packets (links/packets-of ["a" "b" "c"] true)
        lossy   (assoc links/nothing :lossy #{"a"} :probability 0.3)]
    (is (links/plausible? lossy packets "a" 140))
    (is (not (links/plausible? lossy packets "a" 200)) "none was lost")
    (is (not (links/plausible? lossy packets "a" 0)) "all were lost")
    (is (links/plausible? lossy packets "b" 170))
    (is (not (links/plausible? (assoc lossy :probability 0.1) packets "a" 200)) "none, where few would be lost")))

(deftest a-stale-read-of-a-register-is-a-cycle
  (let [h #(history [0 :invoke :txn [[:w 1 1]]] [0 :ok :txn [[:w 1 1]]]
                    [0 :invoke :txn [[:w 1 2]]] [0 :ok :txn [[:w 1 2]]]
                    [1 :invoke :txn [[:r 1 nil]]] [1 :ok :txn [[:r 1 %]]]
                    [0 :invoke :txn [[:w 2 1]]] [0 :ok :txn [[:w 2 1]]])
        checker (wr/checker {:linearizable-keys? true, :consistency-models [:strict-serializable]})]
    (with-redefs [store/path! (fn [& _] (doto (File/createTempFile "elle" "") .delete .mkdirs))]
      (is (valid? checker (h 2)))
      (is (false? (valid? checker (h 1))))
      (is (false? (valid? checker (h nil)))))))
