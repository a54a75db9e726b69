package io.ringleader.store;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A growable array of bytes written from the front, big-endian. Meant to be kept and {@link #clear() cleared}, so that
 * writing allocates nothing once the array has grown to its working size. Owned by one thread at a time.
 */
public final class ByteWriter {
    /** The largest array that every JVM can allocate. */
    public static final int MAX_LENGTH_BYTES = Integer.MAX_VALUE - 8;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private byte[] array;
    private int length;

    public ByteWriter() {
        this(256);
    }

    public ByteWriter(int initialCapacityBytes) {
        array = new byte[initialCapacityBytes];
    }

    static int getInt(byte[] array, int at) {
        return (int) INT.get(array, at);
    }

    static long getLong(byte[] array, int at) {
        return (long) LONG.get(array, at);
    }

    static void setInt(byte[] array, int at, int value) {
        INT.set(array, at, value);
    }

    static void setLong(byte[] array, int at, long value) {
        LONG.set(array, at, value);
    }

    /** Appends the low 8 bits of {@code value}. */
    public void putByte(int value) {
        reserve(Byte.BYTES);
        array[length++] = (byte) value;
    }

    public void putInt(int value) {
        reserve(Integer.BYTES);
        INT.set(array, length, value);
        length += Integer.BYTES;
    }

    public void putLong(long value) {
        reserve(Long.BYTES);
        LONG.set(array, length, value);
        length += Long.BYTES;
    }

    public void putBytes(byte[] source, int offset, int count) {
        reserve(count);
        System.arraycopy(source, offset, array, length, count);
        length += count;
    }

    /** Overwrites four bytes that were already written. */
    public void setInt(int at, int value) {
        requireWritten(at, Integer.BYTES);
        INT.set(array, at, value);
    }

    /** Overwrites eight bytes that were already written. */
    public void setLong(int at, long value) {
        requireWritten(at, Long.BYTES);
        LONG.set(array, at, value);
    }

    /** The backing array, valid from 0 to {@link #length()} and only until the next write. */
    public byte[] array() {
        return array;
    }

    public int length() {
        return length;
    }

    /** Forgets the content and keeps the capacity. */
    public void clear() {
        length = 0;
    }

    /** Drops everything written after the first {@code newLength} bytes. */
    public void truncate(int newLength) {
        if (newLength < 0 || newLength > length) {
            throw new IllegalArgumentException("Cannot cut a writer of " + length + " bytes to " + newLength + ".");
        }
        length = newLength;
    }

    public byte[] toByteArray() {
        return Arrays.copyOf(array, length);
    }

    private void reserve(int count) {
        if (count > array.length - length) {
            grow(count);
        }
    }

    private void grow(int count) {
        long needed = (long) length + count;
        if (needed > MAX_LENGTH_BYTES) {
            throw new IllegalStateException("A writer of " + length + " bytes cannot take " + count
                    + " more: the limit is " + MAX_LENGTH_BYTES + ".");
        }
        long doubled = Math.max(16L, 2L * array.length);
        array = Arrays.copyOf(array, (int) Math.min(MAX_LENGTH_BYTES, Math.max(needed, doubled)));
    }

    private void requireWritten(int at, int count) {
        if (at < 0 || at > length - count) {
            throw new IndexOutOfBoundsException(
                    "Bytes " + at + " to " + (at + (long) count) + " are outside the " + length + " bytes written.");
        }
    }
}
