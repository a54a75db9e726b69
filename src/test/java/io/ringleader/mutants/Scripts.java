package io.ringleader.mutants;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Runs the tests of a class one after the other, for what is so rare by chance that it has to be written down. */
final class Scripts {
    private Scripts() {}

    /** @throws AssertionError of the first test that fails, in the order of their names */
    static void run(String className) {
        try {
            Class<?> tests = Class.forName(className);
            Constructor<?> constructor = tests.getDeclaredConstructor();
            constructor.setAccessible(true);
            List<Method> methods = Arrays.stream(tests.getDeclaredMethods())
                    .filter(method -> method.isAnnotationPresent(Test.class))
                    .sorted(Comparator.comparing(Method::getName))
                    .toList();
            for (Method method : methods) {
                method.setAccessible(true);
                method.invoke(constructor.newInstance());
            }
        } catch (InvocationTargetException e) {
            throw new AssertionError(e.getCause().getMessage(), e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("The tests of " + className + " cannot be run.", e);
        }
    }
}
