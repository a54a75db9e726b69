/**
 * Where keys and replicas live: a key hashes to a partition, and a consistent-hash ring places each partition on nodes. Pure
 * functions of their input; nothing here may ever give another answer for the same input, since data lies where it says.
 */
package io.ringleader.ring;
