(ns jepsen.ringleader.table
  "The runs in a store directory as a table for documentation."
  (:require [clojure.edn :as edn]
            [clojure.java.io :as io]
            [clojure.string :as str]
            [jepsen.cli :as cli]))

(defn- row [file]
  (let [{:keys [valid? stats faults]} (edn/read-string {:default (fn [_ v] v)} (slurp file))
        run   (.getParentFile (io/file file))
        [_ workload nemesis] (str/split (.getName (.getParentFile run)) #" ")]
    [workload nemesis (.getName run)
     (:count stats) (:ok-count stats) (:fail-count stats) (:info-count stats)
     (reduce + (vals (:counts faults)))
     (case valid? true "valid", false "**invalid**", "unknown")]))

(defn table
  "One row for each run that was judged, by workload and nemesis."
  [directory]
  (let [rows (->> (file-seq (io/file directory))
                  (filter #(and (= "results.edn" (.getName ^java.io.File %))
                                (re-find #"^ringleader " (.getName (.getParentFile (.getParentFile ^java.io.File %))))))
                  (map row)
                  sort)]
    (str/join "\n"
              (concat ["| workload | nemesis | operations | ok | fail | info | acts of the nemesis | verdict |"
                       "| --- | --- | --- | --- | --- | --- | --- | --- |"]
                      (for [[workload nemesis _ & columns] rows]
                        (str "| `" workload "` | `" nemesis "` | " (str/join " | " columns) " |"))))))

(defn command
  "A command that prints it."
  []
  {"table" {:opt-spec [cli/help-opt
                       [nil "--store DIRECTORY" "Where the runs are" :default "store"]]
            :usage    "Prints a table of all runs that were judged."
            :run      (fn [{:keys [options]}]
                        (println (table (:store options))))}})
