(ns jepsen.ringleader.links
  "What is cut and lossy between nodes, and whether it is really so: every node sends every other one some packets to a port where
  nobody listens, and the kernel of the receiver counts them."
  (:require [clojure.set :as set]
            [clojure.string :as str]
            [jepsen [control :as c]]
            [jepsen.control.net :as cn]
            [clj-commons.slingshot :refer [throw+]]))

(def nothing
  "The state of a network that is whole: :grudge is a map of receivers to senders whose packets are dropped; all links of the nodes
  in :lossy lose this :probability of packets."
  {:grudge {}, :lossy #{}, :probability 0.0})

(def probe-port 9)

(def tries 3)

(defn arrives
  "The probability that a packet arrives."
  [{:keys [grudge lossy probability]} from to]
  (cond
    (contains? (set (get grudge to)) from)     0.0
    (or (lossy from) (lossy to))               (- 1.0 probability)
    :else                                      1.0))

(defn- noports
  "How many packets the current node had no receiver for. Of the two lines, the first has the names."
  []
  (let [[names numbers] (->> (c/exec :grep "^Udp:" "/proc/net/snmp")
                             str/split-lines
                             (map #(str/split % #" ")))]
    (parse-long (get (zipmap names numbers) "NoPorts"))))

(defn- send-packets!
  "A socket for each: else a refusal that comes back would be reported instead of the next packet being sent."
  [test node packets]
  (c/exec :bash :-c
          (str/join " "
                    (for [other (:nodes test)
                          :when (not= other node)]
                      (str "for ((i = 0; i < " packets "; i++)); do echo > /dev/udp/" (cn/ip other) "/" probe-port
                           "; done 2>/dev/null;")))))

(defn packets-of
  "How many packets each node sends: powers of two, so that the sum of what arrives tells who was heard; or many, for statistics."
  [nodes lossy?]
  (zipmap nodes (if lossy?
                  (repeat 100)
                  (iterate #(* 2 %) 1))))

(defn plausible?
  "Whether so many packets may have arrived at a node: exactly those that should, or, of random ones, within five standard
  deviations, and not all."
  [links packets to arrived]
  (let [others   (dissoc packets to)
        moments  (for [[from n] others
                       :let [p (arrives links from to)]]
                   {:all (if (zero? p) 0 n), :mean (* n p), :variance (* n p (- 1 p))})
        sum      (fn [k] (reduce + (map k moments)))
        variance (sum :variance)]
    (if (zero? variance)
      (== arrived (sum :all))
      (and (<= (abs (- arrived (sum :mean))) (* 5 (Math/sqrt variance)))
           (< arrived (sum :all))))))

(defn counts
  "What all nodes have counted."
  [test]
  (c/on-nodes test (fn [_ _] (noports))))

(defn verify!
  "Throws if packets arrive, or do not, in another way than the links say. Takes what the nodes had counted before and returns
  [arrived counts]. Somebody else may have sent some in the meantime: it is measured again."
  [test links before]
  (let [packets (packets-of (:nodes test) (seq (:lossy links)))]
    (loop [before before, left tries]
      (c/on-nodes test (fn [test node] (send-packets! test node (packets node))))
      (let [after   (counts test)
            arrived (into (sorted-map) (for [node (:nodes test)] [node (- (after node) (before node))]))]
        (cond
          (every? (fn [[node n]] (plausible? links packets node n)) arrived) [arrived after]
          (< 1 left) (recur after (dec left))
          :else (throw+ {:type ::no-effect, :links links, :packets packets, :arrived arrived}))))))

(defn lose!
  "Makes all links of some nodes lose packets. In another table than partitions, whose healing flushes the usual one."
  [test lossy probability]
  (c/on-nodes test
              (fn [test node]
                (c/su
                  (c/exec :iptables :-w :-t :mangle :-F :PREROUTING)
                  (when-let [senders (seq (if (lossy node)
                                            (remove #{node} (:nodes test))
                                            (set/intersection lossy (set (:nodes test)))))]
                    (c/exec :iptables :-w :-t :mangle :-A :PREROUTING
                            :-s (str/join "," (map cn/ip senders))
                            :-m :statistic :--mode :random :--probability probability
                            :-j :DROP))))))
