(ns jepsen.ringleader
  "The command line: makes a test out of options."
  (:gen-class)
  (:require [clojure.string :as str]
            [jepsen [checker :as checker]
                    [cli :as cli]
                    [generator :as gen]
                    [os :as os]
                    [tests :as tests]]
            [jepsen.checker.timeline :as timeline]
            [jepsen.os.debian :as debian]
            [jepsen.ringleader [checker :as rc]
                               [db :as db]
                               [nemesis :as nemesis]
                               [table :as table]]
            [jepsen.ringleader.workload [append :as append]
                                        [counter :as counter]
                                        [expiry :as expiry]
                                        [flush :as flush]
                                        [multi-read :as multi-read]
                                        [register :as register]
                                        [set :as set]
                                        [wr :as wr]]))

(def workloads
  "Functions of the options that make a workload."
  {:append     append/workload
   :counter    counter/workload
   :expiry     expiry/workload
   :flush      flush/workload
   :multi-read multi-read/workload
   :register   register/workload
   :set        set/workload
   :wr         wr/workload})

(def all-nemeses
  "What test-all goes through."
  [:none :partition :kill :pause :loss :clock :rolling-restart :leaders :all])

(def operating-systems
  {:debian debian/os
   :none   os/noop})

(def crash
  "What a node says when a loop of it has failed."
  #"(?i)OutOfMemoryError|InvariantViolation|loop .*failed|stops: ")

(defn- generator [opts workload nemesis]
  (let [clients (if (:staggered? workload)
                  (:generator workload)
                  (gen/stagger (/ (:rate opts)) (:generator workload)))]
    (gen/phases
      (->> clients
           (gen/nemesis (gen/phases (gen/sleep 3) (:generator nemesis)))
           (gen/time-limit (:time-limit opts)))
      (gen/log "Healing")
      (gen/nemesis (:final-generator nemesis))
      (gen/sleep 2)
      (gen/clients (:final-generator workload)))))

(defn ringleader-test
  "A test map from the options of the command line."
  [opts]
  (let [faults   (vec (distinct (mapcat #(get nemesis/special % [%]) (:nemesis opts))))
        opts     (assoc opts
                        :faults      faults
                        :own-clocks? (boolean (some #{:clock} faults))
                        :os-name     (:os opts))
        workload ((workloads (:workload opts)) opts)
        db       (db/db)
        nemesis  (nemesis/package {:faults   faults
                                   :db       db
                                   :nodes    (:nodes opts)
                                   :interval (:nemesis-interval opts)
                                   :skew-max (:clock-skew-max opts)})]
    (merge tests/noop-test
           opts
           {:name      (str "ringleader " (name (:workload opts)) " "
                            (str/join "+" (map name (:nemesis opts))))
            :os        (operating-systems (:os opts))
            :db        db
            :client    (:client workload)
            :nemesis   (:nemesis nemesis)
            :generator (generator opts workload nemesis)
            :checker   (checker/compose
                         {:stats      (rc/stats)
                          :answers    (rc/answers)
                          :faults     (rc/faults (seq faults))
                          :crash      (checker/log-file-pattern crash "ringleader.log")
                          :exceptions (checker/unhandled-exceptions)
                          :perf       (checker/perf {:nemeses (:perf nemesis)})
                          :timeline   (timeline/html)
                          :workload   (:checker workload)})})))

(defn- names
  "A parser of names with commas between them."
  [s]
  (mapv keyword (str/split s #",")))

(def nemesis-names
  (into nemesis/faults (keys nemesis/special)))

(def options
  [[nil "--bin FILE" "The script that starts a node"
    :default "../bin/ringleader"]

   [nil "--clock-skew-max SECONDS" "By how much clocks are set wrong at most"
    :default 8
    :parse-fn parse-long
    :validate [#(<= 3 %) "Must be 3 or more"]]

   [nil "--expiry-tolerance SECONDS" "By how much an item may be gone too early, or be there too late"
    :default 0.5
    :parse-fn parse-double
    :validate [#(not (neg? %)) "Must not be negative"]]

   [nil "--jar FILE" "The packaged jar"
    :default "../target/ringleader.jar"]

   [nil "--java-opts FLAGS" "Flags for the virtual machine of the nodes"
    :default "-Xmx1344m"]

   [nil "--nemesis-interval SECONDS" "About how long something lasts, and how long nothing does; half of it when there are several kinds"
    :default 4
    :parse-fn parse-double
    :validate [pos? "Must be positive"]]

   [nil "--ops-per-key NUMBER" "After so many operations a key gives way to another one"
    :default 60
    :parse-fn parse-long
    :validate [#(<= 2 %) "Must be 2 or more"]]

   [nil "--os NAME" "debian installs what is missing; none expects it to be there"
    :default :debian
    :parse-fn keyword
    :validate [operating-systems (cli/one-of operating-systems)]]

   [nil "--partitions NUMBER" "Partitions of the cluster: few, so that each sees much"
    :default 6
    :parse-fn parse-long
    :validate [pos? "Must be positive"]]

   ["-r" "--rate HZ" "About how many operations per second"
    :default 50
    :parse-fn parse-double
    :validate [pos? "Must be positive"]]

   [nil "--reads HOW" "index or lease"
    :default "index"
    :validate [#{"index" "lease"} "Must be index or lease"]]

   [nil "--replicas NUMBER" "Replicas of each partition, all nodes at most"
    :default 5
    :parse-fn parse-long
    :validate [pos? "Must be positive"]]])

(def test-options
  [[nil "--nemesis NAMES" "Faults, with commas between them; all of them in one test"
    :default [:none]
    :parse-fn names
    :validate [(partial every? nemesis-names) (cli/one-of nemesis-names)]]

   ["-w" "--workload NAME" "What clients do"
    :default :register
    :parse-fn keyword
    :validate [workloads (cli/one-of workloads)]]])

(def test-all-options
  [[nil "--nemesis NAMES" "Faults, with commas between them; a test for each"
    :default all-nemeses
    :parse-fn names
    :validate [(partial every? nemesis-names) (cli/one-of nemesis-names)]]

   ["-w" "--workload NAMES" "What clients do, with commas between them; a test for each"
    :default (sort (keys workloads))
    :parse-fn names
    :validate [(partial every? workloads) (cli/one-of workloads)]]])

(defn- triple-concurrency
  "Three habits at each node, unless something else is asked for."
  [spec]
  (into spec [[nil "--concurrency NUMBER" "How many clients, or, followed by n, how many for each node; a multiple of 3"
               :default "3n"
               :validate [(partial re-find #"^\d+n?$") "Must be a number, perhaps followed by n"]]]))

(defn all-tests
  "Each workload under each nemesis, as often as asked for."
  [opts]
  (for [_ (range (:test-count opts)), n (:nemesis opts), w (:workload opts)]
    (ringleader-test (assoc opts :nemesis [n], :workload w))))

(defn -main [& args]
  (cli/run! (merge (cli/single-test-cmd {:test-fn  ringleader-test
                                         :opt-spec (triple-concurrency (into options test-options))})
                   (cli/test-all-cmd {:tests-fn all-tests
                                      :opt-spec (triple-concurrency (into options test-all-options))})
                   (cli/serve-cmd)
                   (table/command all-nemeses))
            args))
