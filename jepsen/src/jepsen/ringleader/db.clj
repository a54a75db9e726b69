(ns jepsen.ringleader.db
  "Installs the packaged jar on a node, and starts, stops, kills and pauses it. Each of these looks whether it was so, and throws
  if it was not."
  (:require [clojure.java.io :as io]
            [clojure.string :as str]
            [clojure.tools.logging :refer [info]]
            [jepsen [control :as c]
                    [db :as db]
                    [util :as util]]
            [jepsen.control [net :as cn]
                            [util :as cu]]
            [jepsen.os.debian :as debian]
            [jepsen.ringleader.client :as client]
            [clj-commons.slingshot :refer [throw+]])
  (:import (java.nio ByteBuffer ByteOrder)))

(def dir "/opt/ringleader")
(def bin (str dir "/ringleader"))
(def config (str dir "/cluster.toml"))
(def pidfile (str dir "/ringleader.pid"))
(def clock-library (str dir "/clock.so"))
(def clock-file
  "By how much the clock of the node is wrong."
  (str dir "/clock"))
(def data "/var/lib/ringleader")
(def logfile "/var/log/ringleader.log")

(def peer-port 11212)

(def ready-timeout-ms 120000)
(def signal-timeout-ms 20000)

(defn node-id
  "Nodes have the ids 1, 2, ... in the order of the test's list."
  [test node]
  (inc (.indexOf ^java.util.List (:nodes test) node)))

;; What nodes say of themselves

(defn standings
  "Asks all nodes for their partitions: a map of nodes to maps of partitions to {:role :term :leader}, without the nodes that do
  not answer."
  [test]
  (->> (:nodes test)
       (util/real-pmap (fn [node] [node (client/stats node "raft")]))
       (keep (fn [[node stats]]
               (when stats
                 [node (into {} (for [p (range (:partitions test))
                                      :let [role (get stats (str p ":role"))]
                                      :when role]
                                  [p {:role   role
                                      :term   (parse-long (get stats (str p ":term")))
                                      :leader (parse-long (get stats (str p ":leader")))}]))])))
       (into {})))

(defn leaders
  "Of the answers of standings: a map of partitions to the node that leads with the highest term."
  [standings]
  (->> (for [[node partitions] standings
             [p {:keys [role term]}] partitions
             :when (= "leader" role)]
         [p term node])
       (group-by first)
       (map (fn [[p claims]] [p (last (apply max-key second claims))]))
       (into {})))

(defn ready?
  "Whether all nodes answer, all partitions have leaders, and all nodes know them."
  [test]
  (let [standings (standings test)
        leaders   (leaders standings)]
    (and (= (count (:nodes test)) (count standings))
         (= (:partitions test) (count leaders))
         (every? (fn [partitions]
                   (every? (fn [[p {:keys [leader]}]]
                             (= leader (node-id test (leaders p))))
                           partitions))
                 (vals standings)))))

(defn await-ready
  "Waits until the cluster serves. Throws if it does not in time."
  [test]
  (let [deadline (+ (System/nanoTime) (* ready-timeout-ms 1000000))]
    (loop []
      (cond
        (ready? test) :ready
        (< deadline (System/nanoTime)) (throw+ {:type ::not-ready, :standings (standings test)})
        :else (do (Thread/sleep 500)
                  (recur))))))

;; Installation

(defn toml
  "The configuration of all nodes."
  [test]
  (str "[cluster]\n"
       "name = \"jepsen\"\n"
       "peer_secret = \"known to all of these nodes\"\n"
       "partitions = " (:partitions test) "\n"
       "replicas = " (min (:replicas test) (count (:nodes test))) "\n"
       "reads = \"" (:reads test) "\"\n"
       "[timeouts]\n"
       "command_timeout_millis = 2000\n"
       "[limits]\n"
       "memory_bytes = " (bit-shift-left 128 20) "\n"
       (str/join
         (for [node (:nodes test)
               :let [ip (cn/ip node)]]
           (str "[[node]]\n"
                "id = " (node-id test node) "\n"
                "client = \"" ip ":" client/port "\"\n"
                "peer = \"" ip ":" peer-port "\"\n"
                "data = \"" data "\"\n")))))

(defn install! [test]
  (when (= :debian (:os-name test))
    (debian/install [:openjdk-17-jre-headless :iptables :procps :gcc :libc6-dev]))
  (c/exec :mkdir :-p dir)
  (doseq [[local remote] {(:jar test) (str dir "/ringleader.jar")
                          (:bin test) bin}]
    (when-not (.exists (io/file local))
      (throw+ {:type ::not-built, :file local, :hint "make build"}))
    (c/upload local remote))
  (c/exec :chmod "+x" bin)
  (cu/write-file! (toml test) config))

;; The process

(defn pid
  "The process id of the node, or nil if it was killed or stopped."
  []
  (when (cu/exists? pidfile)
    (c/exec :cat pidfile)))

(defn state
  "The kernel's letter for what a process is doing, or nil if there is none. A zombie is none."
  [pid]
  (let [state (c/exec :bash :-c (str "sed 's/.*) //' /proc/" pid "/stat 2>/dev/null | cut -c1"))]
    (when-not (contains? #{"" "Z" "X"} state)
      state)))

(defn- await-state
  "Waits until a process is in a state that is as it should be."
  [pid what should?]
  (util/await-fn (fn []
                   (when-not (should? (state pid))
                     (throw+ {:type ::no-effect, :pid pid, :expected what, :state (state pid)}))
                   what)
                 {:retry-interval 50, :log-interval 5000, :timeout signal-timeout-ms
                  :log-message    (str "Waiting until " pid " is " (name what))}))

(defn- ended-by-itself?
  "Whether the node has a pid file and does not run. Then the file is removed."
  []
  (when-let [pid (pid)]
    (when-not (state pid)
      (info "The node has ended by itself")
      (c/exec :rm pidfile)
      true)))

(defn- signal! [pid signal]
  (c/exec :kill (str "-" signal) pid))

(defn- end!
  "Sends a signal until the process is gone."
  [signal]
  (if (ended-by-itself?)
    :ended-by-itself
    (if-let [pid (pid)]
      (do (signal! pid signal)
          (await-state pid :gone nil?)
          (c/exec :rm pidfile)
          :ended)
      :not-running)))

(defn set-clock!
  "Shifts the clock of the current node by so many seconds, at once."
  [seconds]
  (let [bytes (-> (ByteBuffer/allocate 8)
                  (.order ByteOrder/LITTLE_ENDIAN)
                  (.putLong (long (* 1e9 seconds)))
                  .array)]
    ; in place: the node has the file mapped into its memory
    (c/exec :bash :-c (str "printf '" (str/join (map #(format "\\x%02x" %) bytes))
                           "' | dd of=" clock-file " bs=8 conv=notrunc status=none"))))

(defn- install-clock!
  "Compiles resources/clock.c."
  []
  (let [source (str dir "/clock.c")]
    (cu/write-file! (slurp (io/resource "clock.c")) source)
    (c/exec :gcc :-O2 :-shared :-fPIC :-o clock-library source :-ldl)
    (set-clock! 0)))

(defn- start-process!
  "Returns :started, :already-running, or, of a node that had to be started because it had ended, :ended-by-itself."
  [test node]
  (let [ended?  (ended-by-itself?)
        started (cu/start-daemon!
                  {:chdir             dir
                   :logfile           logfile
                   :pidfile           pidfile
                   :match-executable? false
                   :env               (merge {:RINGLEADER_JAVA_OPTS (:java-opts test)}
                                             (when (:own-clocks? test)
                                               {:LD_PRELOAD clock-library, :JEPSEN_CLOCK clock-file}))}
                  bin :serve :--config config :--node (node-id test node))]
    (if ended? :ended-by-itself started)))

(defn- await-answer
  "Waits until the node answers clients, so that it is not killed again before it is there."
  [node]
  (util/await-fn #(or (client/stats node "raft")
                      (throw+ {:type ::no-answer, :node node}))
                 {:retry-interval 200, :log-interval 10000, :timeout ready-timeout-ms
                  :log-message    (str "Waiting until " node " answers")}))

(defn restart!
  "A polite restart: SIGTERM, until it is gone, and a start. A paused process would not hear the signal."
  [test node]
  (if (= "T" (c/su (state (pid))))
    :paused
    (let [ended (c/su (end! "TERM"))]
      (c/su (start-process! test node))
      (await-answer node)
      [ended :started])))

(defrecord DB []
  db/DB
  (setup! [_ test node]
    (c/su (install! test)
          (when (:own-clocks? test)
            (install-clock!))
          (start-process! test node))
    (await-answer node))

  (teardown! [_ test node]
    (c/su (when-let [pid (pid)]
            (c/exec :bash :-c (str "kill -9 " pid " 2>/dev/null || true"))
            (await-state pid :gone nil?))
          (c/exec :rm :-rf dir data logfile)))

  db/Kill
  (start! [_ test node]
    (let [result (c/su (start-process! test node))]
      (if (= "T" (c/su (state (pid))))
        :paused
        (do (await-answer node)
            result))))
  (kill! [_ test node]
    (c/su (end! "KILL")))

  db/Pause
  (pause! [_ test node]
    (c/su (if-let [pid (pid)]
            (do (signal! pid "STOP")
                (await-state pid :paused #{"T"}))
            :not-running)))
  (resume! [_ test node]
    (c/su (if-let [pid (pid)]
            (do (signal! pid "CONT")
                (await-state pid :resumed #(and % (not= "T" %))))
            :not-running)))

  db/Primary
  (setup-primary! [_ test node]
    ; one waits for all: to be asked over and over by all of them would keep busy nodes from it
    (await-ready test))
  (primaries [_ test]
    ; every node leads something; those that lead most are worth most
    (let [counts (frequencies (vals (leaders (standings test))))
          most   (reduce max 0 (vals counts))]
      (or (seq (sort (keys (filter #(= most (val %)) counts))))
          (do (info "Nobody leads anything; any node will do")
              [(rand-nth (:nodes test))]))))

  db/LogFiles
  (log-files [_ test node]
    {logfile "ringleader.log"
     config  "cluster.toml"}))

(defn db [] (DB.))
