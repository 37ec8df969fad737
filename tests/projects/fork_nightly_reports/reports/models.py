from django.db import models


class Report(models.Model):
    finished = models.DateTimeField(null=True)

    def build(self):
        self.rows = list(self.lines.values_list("amount", flat=True))
        self.save()


class Line(models.Model):
    report = models.ForeignKey(Report, models.CASCADE, related_name="lines")
    amount = models.IntegerField()
