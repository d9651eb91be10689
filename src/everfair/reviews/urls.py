"""Pages of reviews, mounted under /<language>/."""

from django.urls import path

from everfair.reviews.pages import desk, reading, writing

app_name = "reviews"
urlpatterns = [
    path("reviews/", reading.reviews, name="reviews"),
    path("orders/<uuid:order_id>/reviews/", reading.trade, name="trade"),
    path("orders/<uuid:order_id>/reviews/write/", writing.write, name="write"),
    path("reviews/<uuid:review_id>/revise/", writing.revise, name="revise"),
    path("reviews/<uuid:review_id>/reply/", writing.reply, name="reply"),
    path("buyers/<int:number>/reviews/", reading.of_buyer, name="buyer"),
    path("office/reviews/", desk.desk, name="desk"),
    path("office/reviews/<uuid:review_id>/", desk.judge, name="judge"),
    path("<slug:market>/suppliers/<int:number>/reviews/", reading.supplier, name="supplier"),
]
