package shop;

import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageCompleted;

/** A listener of the metrics team that fails at each stage; Spark logs it and goes on. */
public class TouchyListener extends SparkListener {
  @Override
  public void onStageCompleted(SparkListenerStageCompleted stage) {
    throw new IllegalStateException("metrics gateway closed the connection: java.lang.OutOfMemoryError seen by the gateway");
  }
}
