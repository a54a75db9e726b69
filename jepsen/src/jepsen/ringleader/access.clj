(ns jepsen.ringleader.access
  "How clients of a test reach the nodes, and how errors become completions.

  Processes take turns in three habits: the first stays with its node, the second goes to any node with each operation, and
  the third shares one connection to its node with all others of its kind, so that their commands are pipelined."
  (:require [jepsen [client :as client]]
            [jepsen.ringleader.client :as c]
            [clj-commons.slingshot :refer [throw+ try+]]))

(def habits [:stays :roams :pipelines])

(defn habit
  "Of a process; it keeps it when it crashes, as long as the concurrency is a multiple of three."
  [process]
  (nth habits (mod process (count habits))))

(defn- connection!
  "A live connection to the node, out of an atom with a map of them, or a new one."
  [connections node]
  (locking connections
    (let [conn (get @connections node)]
      (if (and conn (c/open? conn))
        conn
        (let [conn (c/connect! node)]
          (swap! connections assoc node conn)
          conn)))))

(defn- connection-for! [{:keys [node own shared]} test process]
  (case (habit process)
    :stays     (connection! own node)
    :roams     (connection! own (rand-nth (:nodes test)))
    :pipelines (connection! shared node)))

(defn complete
  "Calls (f), which completes the operation. Errors complete it as well: :fail if it is certain that there was no effect, :info
  else. A lost read had no effect. A flush is carried out by each partition, and an error speaks of one of them only."
  [op f]
  (try+
    (f)
    (catch [:type ::c/not-sent] e
      (assoc op :type :fail, :error [:not-sent (:line e)]))
    (catch [:type ::c/refused] e
      (assoc op :type (if (= :flush-all (:verb e)) :info :fail), :error [:refused (:line e)]))
    (catch [:type ::c/unknown] e
      (assoc op :type (if (= :gets (:verb e)) :fail :info), :error [:unknown (:line e)]))
    (catch [:type ::c/strange] e
      (assoc op :type :info, :error [:strange (:line e)]))))

(defn create!
  "Makes an item that every reader holds for one that is not there; so nothing has happened if that fails."
  [ask k v]
  (try+
    (ask [:add k v])
    (catch [:type ::c/unknown] e
      (throw+ (assoc e :type ::c/refused)))))

(defrecord Client [handler shared own node]
  client/Client
  (open! [this test node]
    (assoc this :node node, :own (atom {})))

  (setup! [this test])

  (invoke! [this test op]
    (complete op
              (fn []
                (let [conn (connection-for! this test (:process op))]
                  (handler (partial c/ask! conn) op)))))

  (teardown! [this test])

  (close! [this test]
    (run! c/close! (vals @own))))

(defn client
  "A client that completes operations by (handler ask op), where (ask command) sends a command and returns its answer."
  [handler]
  (map->Client {:handler handler, :shared (atom {})}))
