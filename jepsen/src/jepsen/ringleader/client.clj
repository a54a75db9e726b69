(ns jepsen.ringleader.client
  "A client of memcached's text protocol over a socket.

  A connection may have any number of commands under way: each is written at once, and answers, which come in the order of the
  commands, are handed to whoever waits for them. When an answer does not come in time the connection is closed, and the outcome
  of everything that was under way on it is unknown.

  What goes wrong is thrown as a map with a :type:

    ::not-sent    no connection, so nothing was sent
    ::refused     an error that is documented to mean that there was and will be no effect
    ::unknown     an error that says that nobody knows, or no answer
    ::strange     an answer that no node should give"
  (:require [clojure.string :as str]
            [clj-commons.slingshot :refer [throw+ try+]])
  (:import (java.io BufferedInputStream EOFException IOException InputStream OutputStream)
           (java.net InetSocketAddress Socket)
           (java.nio.charset StandardCharsets)
           (java.util.concurrent LinkedBlockingQueue)))

(def port 11211)

(def connect-timeout-ms 1000)

(def answer-timeout-ms
  "Longer than the nodes' own limit for a command."
  3500)

;; What is sent

(defn- bytes-of ^bytes [^String s]
  (.getBytes s StandardCharsets/ISO_8859_1))

(defn encode
  "The text of a command, such as [:set key value ttl-seconds] or [:gets key key]."
  [[verb & args]]
  (let [line  (fn [& words] (str (str/join " " words) "\r\n"))
        store (fn [k v ttl & more]
                (str (apply line (name verb) k 0 (or ttl 0) (count v) more) v "\r\n"))]
    (case verb
      (:set :add :append) (let [[k v ttl] args] (store k v ttl))
      :cas                (let [[k v id] args] (store k v 0 id))
      (:gets :incr :decr :delete :touch :gats :stats) (apply line (name verb) args)
      :flush-all          (line "flush_all"))))

;; What is answered

(defn- read-line!
  "A line without its end."
  [^InputStream in]
  (let [line (StringBuilder.)]
    (loop []
      (let [b (.read in)]
        (case b
          -1 (throw (EOFException. "The connection was closed."))
          13 (recur)
          10 (.toString line)
          (do (.append line (char b))
              (recur)))))))

(defn- read-block!
  "So many bytes, and the end of line behind them."
  [^InputStream in size]
  (let [block (.readNBytes in (int size))]
    (when (< (alength block) size)
      (throw (EOFException. "The connection was closed within a value.")))
    (read-line! in)
    (String. block StandardCharsets/ISO_8859_1)))

(defn error
  "The exception map of an error line."
  [line]
  {:type (condp #(str/starts-with? %2 %1) line
           "SERVER_ERROR not applied"     ::refused
           "SERVER_ERROR not read"        ::refused
           "SERVER_ERROR outcome unknown" ::unknown
           ::strange)
   :line line})

(def ^:private words
  {"STORED"     :stored
   "NOT_STORED" :not-stored
   "EXISTS"     :exists
   "NOT_FOUND"  :not-found
   "DELETED"    :deleted
   "TOUCHED"    :touched
   "OK"         :ok})

(defn- read-values!
  "Items as a map of keys to [cas-id value]. An error line in the place of the end is thrown: what came before it is of no use."
  [in]
  (loop [items {}]
    (let [line (read-line! in)
          [word k _ size id] (str/split line #" ")]
      (case word
        "END"   items
        "VALUE" (recur (assoc items k [(parse-long id) (read-block! in (parse-long size))]))
        (throw+ (error line))))))

(defn- read-stats! [in]
  (loop [stats {}]
    (let [line (read-line! in)
          [word k v] (str/split line #" " 3)]
      (case word
        "END"  stats
        "STAT" (recur (assoc stats k v))
        (throw+ (error line))))))

(defn decode!
  "Reads the answer to a command: a keyword, a number, or a map."
  [in [verb]]
  (case verb
    (:gets :gats) (read-values! in)
    :stats        (read-stats! in)
    (let [line (read-line! in)]
      (or (words line)
          (when (re-matches #"\d{1,19}" line) (parse-long line))
          (throw+ (error line))))))

;; Connections

(defrecord Connection [^Socket socket ^OutputStream out ^LinkedBlockingQueue waiting])

(defn close! [conn]
  (.close ^Socket (:socket conn)))

(defn open? [conn]
  (not (.isClosed ^Socket (:socket conn))))

(defn- lost [e]
  {:type ::unknown, :line (str "no answer: " (.getMessage ^Throwable e))})

(defn- read-answers!
  "Hands answers to those that wait, until the connection ends. Errors that nodes answer are answers."
  [conn ^InputStream in]
  (let [{:keys [^LinkedBlockingQueue waiting]} conn
        deliver-next! (fn [answer] (deliver (:answer (.take waiting)) answer))]
    (try
      (loop []
        ; nothing is taken before its answer begins: what remains when the connection ends is unanswered
        (.mark in 1)
        (when (neg? (.read in))
          (throw (EOFException. "The connection was closed.")))
        (.reset in)
        (let [{:keys [command]} (.peek waiting)]
          (deliver-next! (try+ {:ok (decode! in (or command [:none]))}
                               (catch map? e {:error e})
                               ; numbers that are none
                               (catch RuntimeException e {:error {:type ::strange, :line (str e)}}))))
        (recur))
      (catch IOException e
        ; under the lock of senders: nobody is added once the socket is closed
        (locking conn
          (close! conn)
          (while (seq waiting)
            (deliver-next! {:error (lost e)})))))))

(defn connect!
  "Opens a connection to a host."
  ([host] (connect! host port))
  ([^String host port]
   (let [socket (Socket.)]
     (try
       (.connect socket (InetSocketAddress. host (int port)) connect-timeout-ms)
       (.setTcpNoDelay socket true)
       (let [conn (Connection. socket (.getOutputStream socket) (LinkedBlockingQueue.))
             in   (BufferedInputStream. (.getInputStream socket))]
         (doto (Thread. ^Runnable #(read-answers! conn in) (str "answers of " host))
           (.setDaemon true)
           (.start))
         conn)
       (catch IOException e
         (.close socket)
         (throw+ {:type ::not-sent, :line (str "not connected: " (.getMessage e))}))))))

(defn send!
  "Sends a command; returns a promise of {:ok answer} or {:error map}."
  [conn command]
  (let [answer (promise)
        {:keys [^OutputStream out ^LinkedBlockingQueue waiting]} conn]
    (locking conn
      (when-not (open? conn)
        (throw+ {:type ::not-sent, :line "the connection was closed"}))
      (.put waiting {:command command, :answer answer})
      (try
        (.write out (bytes-of (encode command)))
        (.flush out)
        (catch IOException _
          ; the reader tells all that wait
          (close! conn))))
    answer))

(defn ask!
  "Sends a command and returns its answer, or throws."
  [conn command]
  (let [{:keys [ok error]} (deref (send! conn command) answer-timeout-ms
                                  {:error {:type ::unknown, :line "no answer in time"}})]
    (when (= "no answer in time" (:line error))
      (close! conn))
    (if error
      (throw+ (assoc error :verb (first command)))
      ok)))

(defn stats
  "What a node answers to stats, as a map of strings; nil if it does not answer."
  [host & args]
  (try+
    (let [conn (connect! host)]
      (try
        (:ok (deref (send! conn (into [:stats] args)) answer-timeout-ms nil))
        (finally (close! conn))))
    (catch map? _ nil)))
