(ns jepsen.ringleader.table
  "The runs in a store directory as a table for documentation: a row for each workload, a column for each nemesis."
  (:require [clojure.edn :as edn]
            [clojure.java.io :as io]
            [clojure.string :as str]
            [jepsen [checker :as checker]
                    [cli :as cli]])
  (:import (java.io File)))

(defn- run
  "What is of interest in a results.edn, as [[workload nemesis] counts]; nil if it is of no run of this suite."
  [^File file]
  (let [directory (.getParentFile file)
        [_ workload nemesis] (re-matches #"ringleader (\S+) (\S+)" (str (some-> directory .getParentFile .getName)))]
    ; links to the latest run have other names
    (when (and workload (re-find #"^\d{8}T" (.getName directory)))
      (let [{:keys [valid? stats]} (edn/read-string {:default (fn [_ v] v)} (slurp file))]
        [[workload nemesis]
         {:runs 1, :valid? valid?, :counts (mapv stats [:ok-count :fail-count :info-count])}]))))

(defn- together [a b]
  {:runs   (+ (:runs a) (:runs b))
   :valid? (checker/merge-valid [(:valid? a) (:valid? b)])
   :counts (mapv + (:counts a) (:counts b))})

(defn- cell [{:keys [runs valid? counts]}]
  (when runs
    (str (str/join " / " counts)
         (when (< 1 runs) (str ", " runs " runs"))
         (when-not (true? valid?) (str " **" (if (false? valid?) "invalid" "unknown") "**")))))

(defn- line [cells]
  (str "| " (str/join " | " cells) " |"))

(defn table
  "Operations that were ok, failed, and are of unknown outcome. Nemeses in this order, and then others."
  [directory nemeses]
  (let [runs    (->> (file-seq (io/file directory))
                     (filter #(= "results.edn" (.getName ^File %)))
                     (keep run)
                     (reduce (fn [m [k v]] (update m k #(if % (together % v) v))) {}))
        columns (distinct (concat (filter (set (map second (keys runs))) (map name nemeses))
                                  (sort (map second (keys runs)))))]
    (str/join "\n"
              (concat [(line (cons "ok / fail / info" (map #(str "`" % "`") columns)))
                       (line (repeat (inc (count columns)) "---"))]
                      (for [workload (sort (distinct (map first (keys runs))))]
                        (line (cons (str "`" workload "`")
                                    (map #(cell (runs [workload %])) columns))))))))

(defn command
  "A command that prints it."
  [nemeses]
  {"table" {:opt-spec [cli/help-opt
                       [nil "--store DIRECTORY" "Where the runs are" :default "store"]]
            :usage    "Prints a table of all runs that were judged."
            :run      (fn [{:keys [options]}]
                        (println (table (:store options) nemeses)))}})
