package dev.ioloop.bench;

import dev.ioloop.bench.ServerWorkload.Metric;
import java.awt.Color;
import java.awt.Dimension;
import java.awt.Font;
import java.awt.Paint;
import java.awt.Rectangle;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.NumberFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.batik.svggen.SVGGraphics2D;
import org.jfree.chart.ChartFactory;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.DatasetRenderingOrder;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.renderer.category.BarRenderer;
import org.jfree.chart.renderer.category.IntervalBarRenderer;
import org.jfree.chart.renderer.category.StandardBarPainter;
import org.jfree.data.category.DefaultCategoryDataset;
import org.jfree.data.category.DefaultIntervalCategoryDataset;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Draws the measurements: a picture for each metric, with a bar for each peer. */
@Command(
    name = "plot",
    sortOptions = false,
    usageHelpAutoWidth = true,
    description = "Draws what --csv has written, as an SVG file for each measure.")
final class Plot implements Callable<Integer> {
  private static final Color OURS = new Color(0x2f6f9f);
  private static final Color OTHERS = new Color(0xb8b8b8);
  private static final Font FONT = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
  private static final int WIDTH = 720;
  private static final int FRAME_HEIGHT = 100;
  private static final int BAR_HEIGHT = 26;

  /** Of a line for an interval, as a share of the picture's height. */
  private static final double LINE_WIDTH = 0.006;

  /** If the largest cost is this many times the smallest, the axis is logarithmic. */
  private static final double WIDE = 15;

  @Parameters(index = "0", paramLabel = "CSV", description = "What was measured.")
  private Path csv;

  @Parameters(index = "1", paramLabel = "DIRECTORY", description = "Where the pictures go.")
  private Path directory;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  @Override
  public Integer call() throws IOException {
    draw(csv, directory);
    return 0;
  }

  /** Draws the measurements of a file that have a picture. */
  static void draw(Path csv, Path directory) throws IOException {
    Map<String, Map<String, List<Double>>> costs = Samples.read(csv);
    Files.createDirectories(directory);
    for (Picture picture : pictures()) {
      Map<String, List<Double>> peers = costs.get(picture.measure + "," + picture.metric);
      if (peers != null) {
        write(chart(picture, peers), peers.size(), directory.resolve(picture.file + ".svg"));
      }
    }
  }

  /** The picture of a measure: its metric, with the name of its axis. */
  private record Picture(String file, String title, String measure, String metric, String axis) {}

  private static List<Picture> pictures() {
    List<Picture> pictures = new ArrayList<>();
    for (Measure measure : Measure.values()) {
      String id = measure.id();
      pictures.add(new Picture(id, measure.title, id, Measure.METRIC, "ns"));
    }
    pictures.add(heap(ParkedCoroutines.ID, ParkedCoroutines.TITLE));
    pictures.add(heap(IdleConnections.ID, IdleConnections.TITLE));
    for (ServerWorkload workload : ServerWorkload.values()) {
      for (Metric metric : Metric.values()) {
        String id = workload.id();
        String file = id + "-" + metric.title.toLowerCase(Locale.ROOT);
        pictures.add(
            new Picture(file, workload.title + ": " + metric.title, id, metric.title, metric.unit));
      }
    }
    return pictures;
  }

  private static Picture heap(String id, String title) {
    return new Picture(id, title, id, HeapReport.METRIC, HeapReport.METRIC);
  }

  private static JFreeChart chart(Picture picture, Map<String, List<Double>> peers) {
    DefaultCategoryDataset medians = new DefaultCategoryDataset();
    List<Interval> costs = new ArrayList<>();
    double least = Double.MAX_VALUE;
    double most = 0;
    for (Map.Entry<String, List<Double>> peer : peers.entrySet()) {
      Interval cost = interval(peer.getValue());
      least = Math.min(least, cost.low());
      most = Math.max(most, cost.high());
      costs.add(cost);
      medians.addValue(cost.median(), "median", peer.getKey());
    }
    JFreeChart chart =
        ChartFactory.createBarChart(
            picture.title,
            null,
            picture.axis,
            medians,
            PlotOrientation.HORIZONTAL,
            false,
            false,
            false);
    CategoryPlot plot = chart.getCategoryPlot();
    if (most > WIDE * least && least > 0) {
      LogAxis axis = new LogAxis(picture.axis);
      axis.setSmallestValue(Math.pow(10, Math.floor(Math.log10(least))));
      axis.setNumberFormatOverride(NumberFormat.getIntegerInstance(Locale.ROOT));
      plot.setRangeAxis(axis);
    }
    plot.setRenderer(new Bars());
    plot.setDataset(1, intervals(peers.keySet(), costs));
    plot.setRenderer(1, lines());
    plot.setDatasetRenderingOrder(DatasetRenderingOrder.FORWARD);
    plot.setBackgroundPaint(Color.WHITE);
    plot.setRangeGridlinePaint(Color.LIGHT_GRAY);
    plot.setOutlineVisible(false);
    chart.setBackgroundPaint(Color.WHITE);
    chart.getTitle().setFont(FONT.deriveFont(Font.BOLD, 14f));
    plot.getDomainAxis().setTickLabelFont(FONT);
    plot.getRangeAxis().setTickLabelFont(FONT);
    plot.getRangeAxis().setLabelFont(FONT);
    return chart;
  }

  private static DefaultIntervalCategoryDataset intervals(Set<String> peers, List<Interval> costs) {
    return new DefaultIntervalCategoryDataset(
        new String[] {"interval"},
        peers.toArray(String[]::new),
        new Number[][] {costs.stream().map(Interval::low).toArray(Number[]::new)},
        new Number[][] {costs.stream().map(Interval::high).toArray(Number[]::new)});
  }

  /** Returns the renderer that draws the intervals over the bars. */
  private static IntervalBarRenderer lines() {
    IntervalBarRenderer lines = new IntervalBarRenderer();
    lines.setBarPainter(new StandardBarPainter());
    lines.setShadowVisible(false);
    lines.setSeriesPaint(0, Color.BLACK);
    lines.setMaximumBarWidth(LINE_WIDTH);
    return lines;
  }

  /** A bar for each peer; ours stand out. */
  private static final class Bars extends BarRenderer {
    private static final long serialVersionUID = 1;

    Bars() {
      setBarPainter(new StandardBarPainter());
      setShadowVisible(false);
      setMaximumBarWidth(0.1);
    }

    @Override
    public Paint getItemPaint(int row, int column) {
      boolean ours = getPlot().getDataset().getColumnKey(column).toString().startsWith("ioloop");
      return ours ? OURS : OTHERS;
    }
  }

  private static void write(JFreeChart chart, int bars, Path file) throws IOException {
    try {
      SVGGraphics2D svg =
          new SVGGraphics2D(
              DocumentBuilderFactory.newInstance()
                  .newDocumentBuilder()
                  .getDOMImplementation()
                  .createDocument("http://www.w3.org/2000/svg", "svg", null));
      int height = FRAME_HEIGHT + bars * BAR_HEIGHT;
      svg.setSVGCanvasSize(new Dimension(WIDTH, height));
      chart.draw(svg, new Rectangle(WIDTH, height));
      try (Writer to = Files.newBufferedWriter(file)) {
        svg.stream(to, true);
      }
    } catch (ParserConfigurationException e) {
      throw new IOException("the JDK has no XML", e);
    }
  }

  private static Interval interval(List<Double> samples) {
    return Interval.of(samples.stream().mapToDouble(Double::doubleValue).toArray());
  }
}
