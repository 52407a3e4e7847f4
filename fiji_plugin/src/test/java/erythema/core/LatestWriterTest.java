package erythema.core;

import static java.util.Arrays.asList;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LatestWriterTest {

  private final List<String> done = Collections.synchronizedList(new ArrayList<>());
  private Executor eventThread = Runnable::run;
  private final LatestWriter writer =
      new LatestWriter(
          new LatestWriter.Listener() {

            @Override
            public void writing() {}

            @Override
            public void written(Problem problem) {
              done.add(problem == null ? "saved" : problem.getMessage());
            }
          },
          told -> eventThread.execute(told));

  @AfterEach
  void close() {
    writer.close();
  }

  @Test
  void aFlushWaitsForWhatIsToBeWritten() throws Exception {
    writer.write(() -> done.add("one"));
    writer.flush();
    assertEquals(asList("one", "saved"), done);
  }

  @Test
  void aStateThatIsFollowedByAnotherBeforeItsTurnIsLeftOut() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    writer.write(
        () -> {
          started.countDown();
          await(goOn);
          done.add("one");
        });
    await(started);
    writer.write(() -> done.add("two"));
    writer.write(() -> done.add("three"));
    goOn.countDown();
    writer.flush();
    assertEquals(asList("one", "three", "saved"), done);
  }

  @Test
  void whatIsToldLateIsNotTakenForWhatIsWrittenSince() throws Exception {
    List<Runnable> told = new ArrayList<>();
    eventThread = told::add;
    writer.write(() -> done.add("one"));
    writer.flush();
    writer.write(() -> done.add("two"));
    told.remove(0).run();
    assertFalse(done.contains("saved"));
    writer.flush();
    told.remove(0).run();
    assertTrue(done.contains("saved"));
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }

  @Test
  void whatBreaksTheWritingIsNotTakenForWritten() {
    writer.write(
        () -> {
          throw new IllegalArgumentException("a broken outline");
        });
    Problem problem = assertThrows(Problem.class, writer::flush);
    assertTrue(problem.getMessage().contains("a broken outline"), problem.getMessage());
  }

  @Test
  void whatCannotBeWrittenIsTriedAgain() throws Exception {
    boolean[] full = {true};
    writer.write(
        () -> {
          if (full[0]) {
            throw new Problem("disk full");
          }
          done.add("one");
        });
    assertThrows(Problem.class, writer::flush);
    full[0] = false;
    writer.flush();
    assertEquals(asList("one", "saved"), done.subList(done.size() - 2, done.size()));
    assertEquals("disk full", done.get(0));
  }
}
