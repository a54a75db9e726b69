(ns jepsen.ringleader.client-test
  "The client against a server that answers what the test says."
  (:require [clojure.test :refer [deftest is testing]]
            [jepsen.ringleader [access :as access]
                               [client :as c]]
            [clj-commons.slingshot :refer [try+]])
  (:import (java.io InputStreamReader BufferedReader)
           (java.net InetAddress ServerSocket)))

(defn- with-server
  "Calls (f connection) with a connection to a server that reads so many lines, answers with the text, and closes if there is none."
  [lines answer f]
  (with-open [server (ServerSocket. 0 1 (InetAddress/getLoopbackAddress))]
    (let [heard (future
                  (with-open [socket (.accept server)]
                    (let [in    (BufferedReader. (InputStreamReader. (.getInputStream socket)))
                          lines (vec (repeatedly lines #(.readLine in)))]
                      (when answer
                        (.write (.getOutputStream socket) (.getBytes ^String answer "ISO-8859-1"))
                        (.flush (.getOutputStream socket))
                        ; until the client goes
                        (.readLine in))
                      lines)))
          conn  (c/connect! "127.0.0.1" (.getLocalPort server))]
      (try
        [(f conn) (do (c/close! conn) @heard)]
        (finally (c/close! conn))))))

(defn- outcome
  "Of one command: its answer, or the type of what was thrown."
  [command lines answer]
  (first (with-server lines answer
           (fn [conn]
             (try+ (c/ask! conn command)
                   (catch map? e (:type e)))))))

(deftest commands-are-written-as-the-protocol-wants-them
  (is (= "set k 0 3 2\r\nvv\r\n" (c/encode [:set "k" "vv" 3])))
  (is (= "add k 0 0 0\r\n\r\n" (c/encode [:add "k" ""])))
  (is (= "cas k 0 0 1 17\r\nv\r\n" (c/encode [:cas "k" "v" 17])))
  (is (= "gets a b\r\n" (c/encode [:gets "a" "b"])))
  (is (= "gats 3 a\r\n" (c/encode [:gats 3 "a"])))
  (is (= "decr k 5\r\n" (c/encode [:decr "k" 5])))
  (is (= "flush_all\r\n" (c/encode [:flush-all]))))

(deftest answers-are-words-numbers-and-items
  (is (= :stored (outcome [:set "k" "v"] 2 "STORED\r\n")))
  (is (= :exists (outcome [:cas "k" "v" 1] 2 "EXISTS\r\n")))
  (is (= 12 (outcome [:incr "k" 1] 1 "12\r\n")))
  (is (= {} (outcome [:gets "a"] 1 "END\r\n")))
  (is (= {"a" [7 "x\r\ny"], "b" [8 ""]}
         (outcome [:gets "a" "b"] 1 "VALUE a 0 4 7\r\nx\r\ny\r\nVALUE b 0 0 8\r\n\r\nEND\r\n"))))

(deftest only-documented-errors-promise-that-there-was-no-effect
  (is (= ::c/refused (outcome [:set "k" "v"] 2 "SERVER_ERROR not applied: busy, partition 3 is behind\r\n")))
  (is (= ::c/refused (outcome [:gets "k"] 1 "SERVER_ERROR not read: partition 3\r\n")))
  (is (= ::c/unknown (outcome [:set "k" "v"] 2 "SERVER_ERROR outcome unknown, it may have been applied\r\n")))
  (is (= ::c/strange (outcome [:set "k" "v"] 2 "SERVER_ERROR out of memory storing object\r\n")))
  (is (= ::c/strange (outcome [:set "k" "v"] 2 "ERROR\r\n")))
  (is (= ::c/strange (outcome [:gets "a"] 1 "VALUE a 0 one 7\r\nx\r\nEND\r\n"))))

(deftest an-item-before-an-error-is-of-no-use
  (is (= ::c/refused (outcome [:gets "a" "b"] 1 "VALUE a 0 1 7\r\nx\r\nSERVER_ERROR not read: partition 3\r\n"))))

(deftest no-answer-is-an-unknown-outcome
  (is (= ::c/unknown (outcome [:set "k" "v"] 2 nil)))
  (testing "also in the midst of one"
    (is (= ::c/unknown (outcome [:gets "a"] 1 "VALUE a 0 10 7\r\nx")))))

(deftest an-answer-that-is-late-closes-the-connection
  (with-redefs [c/answer-timeout-ms 50]
    (let [[[type open?] _] (with-server 2 ""
                             (fn [conn]
                               [(try+ (c/ask! conn [:set "k" "v"])
                                      (catch map? e (:type e)))
                                (c/open? conn)]))]
      (is (= ::c/unknown type))
      (is (not open?)))))

(deftest what-cannot-be-connected-to-was-not-asked
  (let [port (with-open [server (ServerSocket. 0)] (.getLocalPort server))]
    (is (= ::c/not-sent (try+ (c/connect! "127.0.0.1" port)
                              (catch map? e (:type e)))))))

(deftest answers-of-a-pipeline-belong-to-their-commands
  (let [[answers heard] (with-server 3 "END\r\nSERVER_ERROR not applied: partition 1\r\n5\r\n"
                          (fn [conn]
                            (mapv deref [(c/send! conn [:gets "a"])
                                         (c/send! conn [:delete "b"])
                                         (c/send! conn [:incr "c" 2])])))]
    (is (= ["gets a" "delete b" "incr c 2"] heard))
    (is (= [{} nil 5] (map :ok answers)))
    (is (= ::c/refused (:type (:error (second answers)))))))

(defn- completion [type verb]
  (:type (access/complete {:type :invoke, :f :any}
                          #(throw (ex-info "" {:type type, :verb verb, :line ""})))))

(deftest errors-complete-an-operation-by-what-they-promise
  (is (= :fail (completion ::c/not-sent :set)))
  (is (= :fail (completion ::c/refused :set)))
  (is (= :info (completion ::c/unknown :set)))
  (is (= :info (completion ::c/strange :set)))
  (testing "a lost read had no effect"
    (is (= :fail (completion ::c/unknown :gets)))
    (is (= :info (completion ::c/unknown :gats))))
  (testing "a flush may have been carried out in part"
    (is (= :info (completion ::c/refused :flush-all)))))

(deftest a-crashed-process-keeps-its-habit
  (is (= (access/habit 4) (access/habit (+ 4 15))))
  (is (= access/habits (map access/habit (range 3)))))
