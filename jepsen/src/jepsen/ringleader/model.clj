(ns jepsen.ringleader.model
  "What Knossos has to know of one item. A miss is the value :absent: Knossos takes a nil for a read of anything."
  (:require [knossos.model :as model])
  (:import (knossos.model Model)))

(defn- differs? [expected actual]
  (and (some? expected) (some? actual) (not= expected actual)))

; Like the versioned register of etcd's test, but a node chooses the version of an item, its cas id, and tells it to readers
; only: it is nil until somebody has read it. Values are
;
;   :read    [id value] or [:absent :absent]
;   :write   [nil value]
;   :cas     [[id value] value'], as of an earlier read
;   :delete  :deleted or :not-found
;   :flush   anything
(defrecord Register [id value]
  Model
  (step [this op]
    (let [v (:value op)]
      (case (:f op)
        :read   (let [[read-id read-value] v]
                  (cond
                    (differs? read-value value)
                    (model/inconsistent (str "can't read " read-value " from " value))

                    (differs? read-id id)
                    (model/inconsistent (str "can't read cas id " read-id " of " value ", which has " id))

                    (nil? read-id) this
                    :else          (Register. read-id value)))
        :write  (Register. nil (second v))
        :cas    (let [[[old-id old-value] new-value] v]
                  (if (or (not= old-value value) (differs? old-id id))
                    (model/inconsistent (str "can't cas " value " with cas id " id " as if it were " old-value " with " old-id))
                    (Register. nil new-value)))
        :delete (if (differs? v (if (= :absent value) :not-found :deleted))
                  (model/inconsistent (str "can't have " v " when deleting " value))
                  (Register. :absent :absent))
        :flush  (Register. :absent :absent))))

  Object
  (toString [_] (str value " #" id)))

(def register (Register. :absent :absent))

; :add has [delta result], :read [value]; what is nil is not known.
(defrecord Counter [value]
  Model
  (step [this op]
    (let [[x result] (:value op)]
      (case (:f op)
        :read (if (differs? x value)
                (model/inconsistent (str "can't read " x " from " value))
                this)
        :add  (if (differs? result (+ value x))
                (model/inconsistent (str "can't have " result " after " value " + " x))
                (Counter. (+ value x))))))

  Object
  (toString [_] (str value)))

(defn counter [start] (Counter. start))
