package shop;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** A job in Java: what the virtual machine says when it goes wrong. */
public class Report {
  private final Map<String, Double> rates = new HashMap<>();

  public static void main(String[] args) throws Exception {
    SparkSession spark = SparkSession.builder().appName("java-report").getOrCreate();
    Report report = new Report();
    switch (args[0]) {
      case "rates":
        report.convert(spark);
        break;
      case "ages":
        report.ages(spark);
        break;
      case "enrich":
        report.enrich(spark);
        break;
      case "close":
        System.out.println("books closed: " + spark.range(10).count());
        System.exit(5);
        break;
      case "ledger":
        report.ledger(spark);
        break;
      default:
        throw new IllegalStateException("unknown report " + args[0]);
    }
    spark.stop();
  }

  void convert(SparkSession spark) {
    Map<String, Double> known = rates;
    Dataset<String> currencies = spark.createDataset(Arrays.asList("EUR", "XAU"), Encoders.STRING());
    System.out.println(
        currencies.map((MapFunction<String, Double>) c -> known.get(c).doubleValue(), Encoders.DOUBLE()).collectAsList());
  }

  void ages(SparkSession spark) {
    Dataset<Row> people = spark.sql("SELECT * FROM VALUES ('ann', 41), ('bob', 42) AS t(name, age)");
    List<String> shown =
        people.map((MapFunction<Row, String>) row -> row.getString(1) + " years", Encoders.STRING()).collectAsList();
    System.out.println(shown);
  }

  double rate(String currency) {
    return rates.getOrDefault(currency, 1.0);
  }

  void enrich(SparkSession spark) {
    JavaSparkContext context = new JavaSparkContext(spark.sparkContext());
    System.out.println(context.parallelize(Arrays.asList("EUR", "USD")).map(c -> rate(c)).collect());
  }

  void ledger(SparkSession spark) {
    JavaSparkContext context = new JavaSparkContext(spark.sparkContext());
    System.out.println(
        context
            .parallelize(Arrays.asList(1, 2, 3), 1)
            .map(
                n -> {
                  char[] page = new char[3_000_000];
                  Arrays.fill(page, (char) ('a' + n));
                  return new String(page);
                })
            .collect()
            .size());
  }
}
