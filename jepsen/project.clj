(defproject ringleader.jepsen "0.1.0"
  :description "Jepsen tests of Ringleader"
  :license {:name "Apache License, Version 2.0"
            :url "https://www.apache.org/licenses/LICENSE-2.0"}
  :dependencies [[org.clojure/clojure "1.12.4"]
                 ; the newest that runs on JDK 17
                 [jepsen "0.3.11"]]
  :main jepsen.ringleader
  :jvm-opts ["-Djava.awt.headless=true"
             "-Djava.net.preferIPv4Stack=true"
             "-Xmx4g"
             "-server"]
  :repl-options {:init-ns jepsen.ringleader})
